namespace RealtimeGateway.Transports.WebSockets;

/// <summary>What one client message may be. One object serves all connections of a stage.</summary>
/// <param name="MaxFrameBytes">Largest payload of one frame in bytes, checked when announced; 0 is no limit. AWS: 32 KB.</param>
/// <param name="MaxMessageBytes">Largest message in bytes, checked when a frame announces to pass it; 0 is no limit. AWS: 128 KB.</param>
/// <param name="MaxFragments">Most frames of one message, empty ones counted; 0 is no limit.</param>
/// <param name="AllowBinary">Whether binary messages are taken. AWS: no.</param>
internal sealed record MessageReaderLimits(long MaxFrameBytes, long MaxMessageBytes, int MaxFragments, bool AllowBinary)
{
    /// <summary>Amazon API Gateway's quotas: 32 KB, 128 KB, text only; and 4,096 fragments.</summary>
    public static readonly MessageReaderLimits Default = new(32_768, 131_072, 4_096, AllowBinary: false);

    /// <summary>Bytes; <see cref="long.MaxValue"/> when off.</summary>
    public long MaxFrameBytes { get; init => field = OrUnlimited(value); } = OrUnlimited(MaxFrameBytes);

    /// <summary>Bytes; never more than an array holds.</summary>
    public long MaxMessageBytes { get; init => field = Math.Min(OrUnlimited(value), Array.MaxLength); }
        = Math.Min(OrUnlimited(MaxMessageBytes), Array.MaxLength);

    /// <summary>Frames; <see cref="int.MaxValue"/> when off.</summary>
    public int MaxFragments { get; init => field = value <= 0 ? int.MaxValue : value; } = MaxFragments <= 0 ? int.MaxValue : MaxFragments;

    private static long OrUnlimited(long value) => value <= 0 ? long.MaxValue : value;
}
