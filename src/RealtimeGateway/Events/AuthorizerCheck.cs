namespace RealtimeGateway.Events;

/// <summary>
/// What an authorizer said. How long it took in all is <see cref="EventContext.AuthorizerLatencyMilliseconds"/>.
/// </summary>
/// <param name="Status">200 when it gave a decision, which may be a denial; else the status of the refusal.</param>
/// <param name="Error">Why there is no decision, or why the token is not taken; null: all is well.</param>
internal readonly record struct AuthorizerCheck(int Status, string? Error)
{
    /// <summary>How long the call of the function took; null when no function was called.</summary>
    public long? IntegrationLatencyMilliseconds { get; init; }

    /// <summary>The HTTP status of the call; null when no answer came. A function that fails has 200 too.</summary>
    public int? IntegrationStatus { get; init; }

    /// <summary>The id that AWS gave the call; null when it gave none.</summary>
    public string? RequestId { get; init; }
}
