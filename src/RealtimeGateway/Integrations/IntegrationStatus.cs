namespace RealtimeGateway.Integrations;

/// <summary>How a call to a back end ended.</summary>
internal enum IntegrationStatus
{
    /// <summary>The back end answered; its own status code may still tell of a failure.</summary>
    Answered,

    /// <summary>The function failed by itself: it threw, ran out of time or exited.</summary>
    FunctionFailed,

    /// <summary>A function answered something that is no proxy response.</summary>
    Malformed,

    /// <summary>No template takes the message, and it may not go on as it is; the back end was not called.</summary>
    Refused,

    /// <summary>The back end could not be reached, or refused the call, or its answer broke a bound.</summary>
    Failed,

    /// <summary>The back end did not answer in time.</summary>
    TimedOut,
}
