namespace RealtimeGateway.Apis;

/// <summary>Where one line for each event goes, and what it says.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html</remarks>
public sealed record AccessLogSettings
{
    /// <summary><c>stdout</c>, or the path of a file, which is appended to; a relative one is below the data directory.</summary>
    public required string Destination { get; init; }

    /// <summary>One line with <c>$context</c> variables; <c>$context.requestId</c> or <c>$context.extendedRequestId</c> must be among them. At most 3 KB.</summary>
    public required string Format { get; init; }
}
