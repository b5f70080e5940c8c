namespace RealtimeGateway.Apis;

/// <summary>
/// The bounds of each connection of a stage. Defaults are Amazon API Gateway's quotas where it has one
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-execution-service-websocket-limits-table.html). Zero switches a bound off.
/// </summary>
public sealed record StageLimits
{
    /// <summary>Largest payload of a frame from a client, in bytes; a bigger one closes with 1009. Default 32 KB (AWS).</summary>
    public long MaxFrameBytes { get; init; } = 32 * 1024;

    /// <summary>Largest message in either direction, in bytes: from clients a bigger one closes with 1009, to @connections it answers 413. Default 128 KB (AWS).</summary>
    public long MaxMessageBytes { get; init; } = 128 * 1024;

    /// <summary>Most frames in one message from a client, empty ones counted; more close with 1008. Default 4,096.</summary>
    public int MaxFragments { get; init; } = 4096;

    /// <summary>How long a connection may be without a message in either direction before it is closed with 1001. Default 10 minutes (AWS).</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>How long a connection may live before it is closed with 1001. Default 2 hours (AWS).</summary>
    public TimeSpan MaxLifetime { get; init; } = TimeSpan.FromHours(2);

    /// <summary>Whether a ping from the client counts as a message for <see cref="IdleTimeout"/>. Default no, so that clients tested here survive on AWS.</summary>
    public bool PingsKeepAlive { get; init; }

    /// <summary>After how much silence from the client the gateway pings it. Default 30 s.</summary>
    public TimeSpan PingInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long after a ping the client may stay silent before it counts as gone. Default 20 s.</summary>
    public TimeSpan PingTimeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Most pings from a client in one second; more close with 1008. Default 50.</summary>
    public int MaxPingsPerSecond { get; init; } = 50;

    /// <summary>Most messages waiting to be sent to one client; a push beyond is refused with 429. Default 512.</summary>
    public int MaxQueuedMessages { get; init; } = 512;

    /// <summary>Most bytes waiting to be sent to one client; a push beyond is refused with 429. Default 1 MiB.</summary>
    public long MaxQueuedBytes { get; init; } = 1024 * 1024;

    /// <summary>How long one write to a client may make no progress before it is closed with 1008. Default 10 s.</summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a queue may stay over half full before its client is closed with 1008. Default 30 s.</summary>
    public TimeSpan SlowConsumerTimeout { get; init; } = TimeSpan.FromSeconds(30);
}
