using System.Collections.Concurrent;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Asks other nodes about their connections and answers them about this node's. A call ends within 3 s of its beginning: with the other node's answer, or
/// with what is known without one.
/// </summary>
/// <remarks>To be started before the node announces itself, and stopped after it has left: others expect an answer in between.</remarks>
internal sealed partial class NodeBus : IHostedService, IDisposable
{
    private readonly ConcurrentDictionary<uint, NodeLink> _links = new();
    private readonly IBackplane _backplane;
    private readonly IMembership _membership;
    private readonly TimeProvider _time;
    private readonly BusContext _bus;
    private readonly RequestReceiver _receiver;
    private readonly CancellationTokenSource _stopping = new();
    private Task _sweeping = Task.CompletedTask;
    private long _nextListenAt;
    private int _isSwitching;
    private ApiId _lastApi;

    /// <summary>Makes a bus that neither sends nor listens before <see cref="StartAsync"/>.</summary>
    public NodeBus(
        IBackplane backplane,
        LocalConnections local,
        IMembership membership,
        GatewayMetrics metrics,
        TimeProvider time,
        ILogger<NodeBus> log)
    {
        _backplane = backplane;
        _membership = membership;
        _time = time;
        _bus = new BusContext(backplane, metrics, time, log);
        _receiver = new RequestReceiver(local, membership, _bus);
    }

    /// <summary>Tells the time that <see cref="RemoteCall.StartedAt"/> is in.</summary>
    public BusClock Clock => _bus.Clock;

    /// <summary>Whether this node has a channel of its own, so that others reach it and their answers do.</summary>
    public bool IsListening => _bus.Sender != BusContext.Deaf;

    /// <summary>Begins to listen and to look after what is under way. A backplane that is away does not stop the start: it is tried again.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        _membership.Viewed += Follow;
        await ListenAsync(cancellationToken);
        _sweeping = SweepAsync(_stopping.Token);
    }

    /// <summary>Gives up what is not answered, and stops listening.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _membership.Viewed -= Follow;
        // Not CancelAsync, which goes to the thread pool.
        _stopping.Cancel();
        await _sweeping;
        var sender = _bus.Sender;
        _bus.Sender = BusContext.Deaf;
        Abandon();
        if (sender != BusContext.Deaf)
        {
            await StopListeningAsync((uint)sender);
        }
    }

    /// <summary>
    /// Has a POST or DELETE done by the node that the connection's id names. A call that is under way cannot be taken back; it ends within 3 s of its beginning.
    /// </summary>
    public ValueTask<DeliveryOutcome> AskAsync(in RemoteCall call) =>
        Find(call) is { } link && link.TryAsk(call, out var version) is { } pending
            ? new ValueTask<DeliveryOutcome>(pending, version)
            : ValueTask.FromResult(DeliveryOutcome.Unreachable);

    /// <summary>The same for a GET, whose answer describes the connection, and for a message to several connections, whose answer tells of each.</summary>
    public ValueTask<RemoteAnswer> DescribeAsync(in RemoteCall call) =>
        Find(call) is { } link && link.TryAsk(call, out var version) is { } pending
            ? new ValueTask<RemoteAnswer>(pending, version)
            : ValueTask.FromResult(new RemoteAnswer(DeliveryOutcome.Unreachable));

    /// <summary>Does what is due now; the bus does so by itself ten times a second.</summary>
    public void SweepOnce()
    {
        var now = _bus.Clock.Now;
        foreach (var (target, link) in _links)
        {
            link.Sweep(now);
            if (link.IsForgettable(now) && _links.TryRemove(target, out _))
            {
                link.Dispose();
            }
        }

        if (_bus.Sender != _membership.Incarnation && now >= _nextListenAt)
        {
            _ = ListenAsync(_stopping.Token);
        }
    }

    /// <summary>
    /// Listens to the channel of the present incarnation, in place of that of an earlier one. What was asked under the earlier one is given up: its answers
    /// have nowhere to go, and asked again by a new name it could be done twice. A failure is tried again half a second later.
    /// </summary>
    public async Task ListenAsync(CancellationToken cancellationToken)
    {
        if (Interlocked.Exchange(ref _isSwitching, 1) == 1)
        {
            return;
        }

        try
        {
            var (before, wanted) = (_bus.Sender, _membership.Incarnation);
            if (before == wanted)
            {
                return;
            }

            _bus.Sender = BusContext.Deaf;
            Abandon();
            _nextListenAt = _bus.Clock.Now + BusLimits.ListenRetry;
            await _backplane.ListenAsync(wanted, Receive, cancellationToken);
            if (_stopping.IsCancellationRequested)
            {
                await StopListeningAsync(wanted);
                return;
            }

            _bus.Sender = wanted;
            _nextListenAt = 0;
            if (before != BusContext.Deaf)
            {
                await StopListeningAsync((uint)before);
            }
        }
        catch (Exception exception) when (exception is BackplaneException or OperationCanceledException)
        {
            // The backplane is away: the next sweeps try again. Or the bus stops.
        }
        catch (Exception exception)
        {
            // A backplane that throws anything else breaks its promise; nobody awaits this when a sweep began it.
            Log.ListenFaulted(_bus.Log, exception);
        }
        finally
        {
            Volatile.Write(ref _isSwitching, 0);
        }
    }

    /// <summary>Takes a batch from the wire. Never throws, whatever is in it.</summary>
    public void Receive(ReadOnlyMemory<byte> batch)
    {
        try
        {
            if (Read(batch) is { } reason)
            {
                _bus.Metrics.BusIgnored(reason);
            }
        }
        catch (Exception exception)
        {
            // A bug of ours, and it costs this batch: the backplane's reader must go on.
            Log.BatchFaulted(_bus.Log, exception);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _stopping.Dispose();

    private NodeLink? Find(in RemoteCall call) => IsListening ? LinkOf(call.Id.Incarnation) : null;

    /// <summary>The link of a node; null when that many are known that it must be somebody who makes them up.</summary>
    private NodeLink? LinkOf(uint node)
    {
        if (_links.TryGetValue(node, out var link))
        {
            return link;
        }

        return _links.Count < BusLimits.MaxLinks ? _links.GetOrAdd(node, static (target, bus) => new NodeLink(target, bus), _bus) : null;
    }

    /// <summary>Reads a batch and does what it says, up to the first thing that is malformed.</summary>
    /// <returns>Why it, or its rest, was ignored; null when it was not.</returns>
    private string? Read(ReadOnlyMemory<byte> batch)
    {
        var reader = new EnvelopeReader(batch);
        if (!reader.TryReadHead(out var head, out var isOtherVersion))
        {
            return isOtherVersion ? "version" : "malformed";
        }

        if (head.Sender == _membership.Incarnation || LinkOf(head.Sender) is not { } link)
        {
            return "stranger";
        }

        var now = _bus.Clock.Now;
        link.Heard(now, head.SentAt);
        var late = link.Age.Observe(now, head.SentAt, reader.PeekEcho());
        try
        {
            return ReadRequests(ref reader, link, late) && ReadReplies(ref reader, link) ? null : "malformed";
        }
        finally
        {
            link.Kick();
        }
    }

    private bool ReadRequests(ref EnvelopeReader reader, NodeLink link, long late)
    {
        if (!reader.TryReadCount(out var count))
        {
            return false;
        }

        for (; count > 0; count--)
        {
            if (!reader.TryReadRequest(_lastApi, out var request))
            {
                return false;
            }

            if (request.Kind is CallKind.Post or CallKind.Get or CallKind.Delete or CallKind.PostMany)
            {
                _lastApi = request.ApiId;
            }

            // The sender's word for the first part: how long the request had waited before it was sent.
            _receiver.Take(link, request, late + Math.Clamp(request.AgeMilliseconds, 0, 2 * BusLimits.LateAfter));
        }

        return true;
    }

    private static bool ReadReplies(ref EnvelopeReader reader, NodeLink link)
    {
        if (!reader.TryReadCount(out var count))
        {
            return false;
        }

        var run = default(AnswerRun);
        for (; count > 0 && reader.TryReadReply(out var reply); count--)
        {
            link.Answered(reply, ref run);
        }

        run.Go();
        return count == 0;
    }

    private void Follow(FleetView view)
    {
        foreach (var node in view.Nodes)
        {
            if (node.HasLease && node.Incarnation != _membership.Incarnation)
            {
                _ = LinkOf(node.Incarnation);
            }
        }

        foreach (var (target, link) in _links)
        {
            link.Viewed(view.Find(target) is { HasLease: true });
        }
    }

    private void Abandon()
    {
        foreach (var (_, link) in _links)
        {
            link.Abandon();
        }
    }

    private async Task StopListeningAsync(uint incarnation)
    {
        try
        {
            await _backplane.StopListeningAsync(incarnation);
        }
        catch (BackplaneException)
        {
            // It is away, and with it whoever could still send there.
        }
    }

    private async Task SweepAsync(CancellationToken cancellationToken)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(BusLimits.SweepInterval), _time);
        try
        {
            while (await timer.WaitForNextTickAsync(cancellationToken))
            {
                SweepOnce();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The host stops.
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.BusBatchFaulted, LogLevel.Error, "A batch of another node failed.")]
        public static partial void BatchFaulted(ILogger logger, Exception exception);

        [LoggerMessage(EventIds.BusListenFaulted, LogLevel.Error, "The backplane could not be listened to.")]
        public static partial void ListenFaulted(ILogger logger, Exception exception);
    }
}
