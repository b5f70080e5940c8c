using Microsoft.Extensions.Logging;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>What the links of one bus have in common.</summary>
internal sealed class BusContext(IBackplane backplane, GatewayMetrics metrics, TimeProvider time, ILogger log)
{
    /// <summary>Marks that this node has no channel of its own now, so that no answer could reach it.</summary>
    public const long Deaf = -1;

    private long _lastRequestId;
    private long _sender = Deaf;

    /// <summary>Carries the batches.</summary>
    public IBackplane Backplane => backplane;

    /// <summary>Counts.</summary>
    public GatewayMetrics Metrics => metrics;

    /// <summary>Takes what operators should know.</summary>
    public ILogger Log => log;

    /// <summary>Tells the time.</summary>
    public BusClock Clock { get; } = new(time);

    /// <summary>Calls for reuse.</summary>
    public PendingCallPool Pool { get; } = new();

    /// <summary>The incarnation whose channel this node listens to, where answers are to go; <see cref="Deaf"/>: none.</summary>
    public long Sender
    {
        get => Volatile.Read(ref _sender);
        set => Volatile.Write(ref _sender, value);
    }

    /// <summary>A request id that no other request of this process has.</summary>
    public ulong NextRequestId() => (ulong)Interlocked.Increment(ref _lastRequestId);
}
