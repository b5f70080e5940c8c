namespace RealtimeGateway.Apis;

/// <summary>What a message must look like.</summary>
public sealed record Model
{
    /// <summary>Names the model within its API: letters and digits.</summary>
    public required string Name { get; init; }

    /// <summary>A JSON Schema, draft 4, of at most 32,768 characters.</summary>
    public required string Schema { get; init; }
}
