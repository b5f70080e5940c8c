namespace RealtimeGateway.Tests.Simulation;

/// <summary>What callers ask of a connection, as the history names it.</summary>
internal static class CallKinds
{
    /// <summary>Send it a message.</summary>
    public const string Post = "POST";

    /// <summary>Describe it.</summary>
    public const string Get = "GET";

    /// <summary>Close it.</summary>
    public const string Delete = "DELETE";
}
