namespace RealtimeGateway.Apis;

/// <summary>A key that clients send, mostly to be counted by a <see cref="UsagePlan"/>.</summary>
public sealed record ApiKey
{
    /// <summary>Names the key.</summary>
    public required string Id { get; init; }

    /// <summary>What clients send: 20 to 128 characters.</summary>
    public required string Value { get; init; }

    /// <summary>Whether it is taken. Default yes.</summary>
    public bool Enabled { get; init; } = true;
}
