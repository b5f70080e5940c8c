namespace RealtimeGateway.Diagnostics;

/// <summary>Whose fault it is that an event failed: which of Amazon API Gateway's error metrics counts it.</summary>
internal enum EventFault
{
    /// <summary>It did not fail.</summary>
    None,

    /// <summary><c>ClientError</c>: the gateway refused it before a back end was called.</summary>
    Client,

    /// <summary><c>IntegrationError</c>: the back end answered with a status of 4xx or 5xx.</summary>
    Integration,

    /// <summary><c>ExecutionError</c>: calling the back end failed, or its function did.</summary>
    Execution,
}
