namespace RealtimeGateway.Apis;

/// <summary>Settings of one route of a stage, or the defaults of all.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-protect.html</remarks>
public sealed record RouteSettings
{
    /// <summary>Steady rate: events a second. Null: no bound of its own.</summary>
    public double? ThrottlingRateLimit { get; init; }

    /// <summary>How many events may come at once before the rate holds. Null: as many as the rate allows in a second.</summary>
    public int? ThrottlingBurstLimit { get; init; }

    /// <summary>Whether metrics are told apart by route. Default no.</summary>
    public bool DetailedMetricsEnabled { get; init; }

    /// <summary>How much the execution log tells. Default: nothing.</summary>
    public LoggingLevel LoggingLevel { get; init; }

    /// <summary>Whether the execution log shows messages, headers and answers too, at <see cref="LoggingLevel.Info"/>. Default no: they may hold secrets.</summary>
    public bool DataTraceEnabled { get; init; }
}
