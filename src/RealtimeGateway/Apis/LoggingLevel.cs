namespace RealtimeGateway.Apis;

/// <summary>How much of each event the execution log tells.</summary>
public enum LoggingLevel
{
    /// <summary>OFF: nothing.</summary>
    Off,

    /// <summary>ERROR: what went wrong.</summary>
    Error,

    /// <summary>INFO: every step.</summary>
    Info,
}
