using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// The way of one node to the <see cref="SimulatedRedis"/>, as TCP is: in order and complete for as long as the connection lives; cut, it stands still and
/// goes on where it was, or breaks, and then nobody knows what has been executed.
/// </summary>
internal sealed class SimulatedBackplane : IBackplane
{
    private const long CommandTimeout = TimeSpan.TicksPerSecond;

    private readonly SimulatedRedis _redis;
    private readonly SimulationLane _lane;
    private readonly SimulationLane _network;
    private readonly Random _random;
    private readonly int _node;
    private readonly Dictionary<uint, Action<ReadOnlyMemory<byte>>> _receivers = [];
    private readonly Queue<(int Epoch, Action Action)> _outStuck = new();
    private readonly Queue<(int Epoch, Action Action)> _inStuck = new();
    private readonly List<Command> _underWay = [];
    private long _lastOut;
    private long _lastIn;
    private int _epoch;
    private int _cuts;
    private bool _isCut;
    private bool _isHalfOpen;
    private uint? _announced;

    /// <summary>Connects a node.</summary>
    /// <param name="redis">To what.</param>
    /// <param name="lane">The process that uses it.</param>
    /// <param name="network">What runs whatever happens to that process.</param>
    /// <param name="node">Names the process in the history.</param>
    public SimulatedBackplane(SimulatedRedis redis, SimulationLane lane, SimulationLane network, int node)
    {
        _redis = redis;
        _lane = lane;
        _network = network;
        _node = node;
        _random = redis.Loop.Fork();
        IsConnected = redis.IsUp;
        redis.Add(this);
    }

    /// <inheritdoc/>
    public event Action? Connected;

    /// <inheritdoc/>
    public bool IsConnected { get; private set; }

    private long Now => _redis.Loop.Now;

    /// <inheritdoc/>
    public async ValueTask ListenAsync(uint incarnation, Action<ReadOnlyMemory<byte>> receive, CancellationToken cancellationToken)
    {
        _receivers[incarnation] = receive;
        await CommandAsync(
            (_, _) =>
            {
                _redis.Listen(incarnation, this);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask StopListeningAsync(uint incarnation)
    {
        _receivers.Remove(incarnation);
        await CommandAsync(
            (_, _) =>
            {
                _redis.StopListening(incarnation);
                return true;
            },
            CancellationToken.None);
    }

    /// <inheritdoc/>
    public async ValueTask<SendResult> SendAsync(uint target, ReadOnlyMemory<byte> batch)
    {
        _redis.Loop.AssertOnLoop("A batch was sent");
        MessageText.ForEach(batch.Span, message => _redis.History.Add(Now, HistoryKind.Sent, _node, number: message));
        if (!IsConnected)
        {
            return SendResult.NotSent;
        }

        var copy = batch.ToArray();
        try
        {
            var isHeard = await CommandAsync((_, _) => Publish(target, copy), CancellationToken.None);
            var isLost = !isHeard && !_redis.Weather.IsCountless;
            return isLost != _redis.Mutations.LiesAboutSending ? SendResult.NotSent : SendResult.Unknown;
        }
        catch (BackplaneException)
        {
            return SendResult.Unknown;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<LeaseAnswer> RenewAsync(NodeAnnouncement self, TimeSpan lease, CancellationToken cancellationToken) =>
        await CommandAsync(
            (content, now) =>
            {
                var isCondemned = !content.Renew(self, lease.Ticks, now, _redis.Mutations.IgnoresTombstones);
                if (!isCondemned && _announced != self.Incarnation)
                {
                    _announced = self.Incarnation;
                    _redis.History.Add(now, HistoryKind.Announced, _node, number: self.Incarnation);
                }

                return new LeaseAnswer(isCondemned, content.View(now));
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<FleetView> ReadFleetAsync(CancellationToken cancellationToken) =>
        await CommandAsync(static (content, now) => content.View(now), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ReleaseAsync(uint incarnation, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        await CommandAsync(
            (content, now) =>
            {
                var ids = content.RecordIds(incarnation);
                content.Release(incarnation, tombstoneLife.Ticks, now);
                _redis.Recount(ids);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<bool> TryCondemnAsync(
        string run, uint dead, uint reaper, TimeSpan hold, TimeSpan tombstoneLife, CancellationToken cancellationToken) =>
        await CommandAsync(
            (content, now) =>
            {
                var wasCondemned = content.HasTombstone(dead, now);
                var isOurs = content.Run == run && content.TryCondemn(dead, reaper, hold.Ticks, tombstoneLife.Ticks, _redis.Mutations.IgnoresLock, now);
                if (isOurs && !wasCondemned)
                {
                    _redis.History.Add(now, HistoryKind.Condemned, _node, number: dead);
                }

                return isOurs;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask RememberAsync(
        IReadOnlyCollection<uint> condemned, IReadOnlyCollection<uint> known, TimeSpan tombstoneLife, CancellationToken cancellationToken)
    {
        uint[] dead = [.. condemned];
        uint[] others = [.. known];
        await CommandAsync(
            (content, now) =>
            {
                foreach (var node in dead.Where(node => content.TryCondemnAgain(node, tombstoneLife.Ticks, now)))
                {
                    _redis.History.Add(now, HistoryKind.Condemned, _node, number: node);
                }

                foreach (var node in others)
                {
                    content.Remember(node, now);
                }

                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<bool> TryHoldAsync(uint dead, uint reaper, TimeSpan hold, CancellationToken cancellationToken) =>
        await CommandAsync((content, now) => content.TryHold(dead, reaper, hold.Ticks, _redis.Mutations.IgnoresLock, now), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask ForgetAsync(uint dead, uint reaper, CancellationToken cancellationToken) =>
        await CommandAsync(
            (content, now) =>
            {
                content.Forget(dead, reaper, now);
                return true;
            },
            cancellationToken);

    /// <inheritdoc/>
    public async ValueTask WriteRecordsAsync(
        uint owner, IReadOnlyCollection<StoredRecord> written, IReadOnlyCollection<ConnectionId> removed, CancellationToken cancellationToken)
    {
        // Copies: what is executed after the caller gave up must not see what the caller does with its lists then.
        StoredRecord[] records = _redis.Mutations.DropsRecords ? [] : [.. written.Select(static record => record with { Bytes = record.Bytes.ToArray() })];
        ConnectionId[] ids = [.. removed];
        await CommandAsync(
            (content, _) =>
            {
                content.Write(owner, records, ids);
                _redis.Recount(records.Select(static record => record.Id));
                _redis.Recount(ids);
                return true;
            },
            cancellationToken);
    }

    /// <inheritdoc/>
    public async ValueTask<ConnectionId[]> ReadRecordIdsAsync(uint owner, CancellationToken cancellationToken) =>
        await CommandAsync((content, _) => content.RecordIds(owner), cancellationToken);

    /// <inheritdoc/>
    public async ValueTask<IReadOnlyList<StoredRecord>> ReadRecordsAsync(
        uint owner, IReadOnlyCollection<ConnectionId> ids, CancellationToken cancellationToken)
    {
        ConnectionId[] copy = [.. ids];
        return await CommandAsync((content, _) => content.Records(owner, copy), cancellationToken);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync()
    {
        _redis.Remove(this);
        return default;
    }

    /// <summary>Cuts the cable: nothing breaks yet, nothing comes through.</summary>
    public void Cut()
    {
        _isCut = true;
        var cut = ++_cuts;
        // Sooner or later the node takes the silence for a broken connection.
        _redis.Loop.Schedule(_network, Now + _random.NextInt64(TimeSpan.TicksPerSecond, 5 * TimeSpan.TicksPerSecond), () =>
        {
            if (_isCut && cut == _cuts && IsConnected)
            {
                BreakHere();
            }
        });
    }

    /// <summary>Mends the cable: what was under way comes through, unless the connection is broken; then there is a new one soon.</summary>
    public void Heal()
    {
        _isCut = false;
        if (!IsConnected)
        {
            Reconnect();
        }
        else if (_isHalfOpen)
        {
            BreakHere();
        }
        else
        {
            Flow();
        }
    }

    /// <summary>The process is killed: its end of the connection is closed by its system. What was sent is still executed.</summary>
    public void Kill() => _redis.Remove(this);

    /// <summary>Redis has ended the connection.</summary>
    public void Break()
    {
        if (_isCut && IsConnected)
        {
            // The node cannot hear of it yet.
            _redis.Forget(this);
            _isHalfOpen = true;
            _epoch++;
        }
        else if (IsConnected)
        {
            BreakHere();
        }
    }

    /// <summary>Makes a new connection soon, when there is none and the way is free.</summary>
    public void Reconnect() =>
        _redis.Loop.Schedule(_network, Now + _random.NextInt64(10 * TimeSpan.TicksPerMillisecond, TimeSpan.TicksPerSecond), TryConnect);

    /// <summary>Lets what stands still go on.</summary>
    public void Flow()
    {
        while (!_isCut && !_redis.IsPaused && _outStuck.TryDequeue(out var next))
        {
            Pass(next);
        }

        while (!_isCut && _inStuck.TryDequeue(out var next))
        {
            Pass(next);
        }
    }

    private void BreakHere()
    {
        _epoch++;
        IsConnected = false;
        _isHalfOpen = false;
        _outStuck.Clear();
        _inStuck.Clear();
        foreach (var command in _underWay)
        {
            _redis.Loop.Schedule(_lane, Now + _random.NextInt64(TimeSpan.TicksPerMillisecond), () => command.Fail("The connection broke."));
        }

        _underWay.Clear();
        if (!_isCut)
        {
            _redis.Forget(this);
            Reconnect();
        }
    }

    private void TryConnect()
    {
        if (IsConnected || _isCut || !_redis.IsUp || _lane.IsDead)
        {
            return;
        }

        _epoch++;
        IsConnected = true;
        _outStuck.Clear();
        _inStuck.Clear();
        foreach (var incarnation in _receivers.Keys)
        {
            _redis.Listen(incarnation, this);
        }

        _redis.Loop.Schedule(_lane, Now + Delay(), () => Connected?.Invoke());
    }

    private bool Publish(uint target, byte[] batch)
    {
        if (_redis.ListenerOf(target) is not { } listener)
        {
            return false;
        }

        var weather = _redis.Weather;
        if (_random.NextDouble() < weather.BatchDuplication)
        {
            listener.Arrive(target, [.. batch], _random.NextInt64(weather.MaxBatchDelay), isInOrder: false);
        }

        if (_random.NextDouble() >= weather.BatchLoss)
        {
            var isInOrder = _random.NextDouble() >= weather.BatchDelay;
            listener.Arrive(target, batch, isInOrder ? 0 : _random.NextInt64(weather.MaxBatchDelay), isInOrder);
        }

        return true;
    }

    /// <summary>A batch is on its way to this node.</summary>
    private void Arrive(uint target, byte[] batch, long extraDelay, bool isInOrder)
    {
        var due = Now + Delay() + extraDelay;
        if (isInOrder)
        {
            due = _lastIn = Math.Max(due, _lastIn + 1);
        }

        In(due, _epoch, () => _redis.Loop.Schedule(_lane, Now, () =>
        {
            if (_receivers.GetValueOrDefault(target) is { } receive)
            {
                receive(batch);
                // The memory was the callee's during the call only; whoever kept it shall see that.
                batch.AsSpan().Fill(0xDD);
            }
        }));
    }

    private async Task<T> CommandAsync<T>(Func<RedisContent, long, T> execute, CancellationToken cancellationToken)
    {
        _redis.Loop.AssertOnLoop("A command was given");
        cancellationToken.ThrowIfCancellationRequested();
        if (!IsConnected)
        {
            throw new BackplaneException("Not connected.");
        }

        var command = new Command<T>(_epoch);
        _underWay.Add(command);
        _redis.Loop.Schedule(_lane, Now + CommandTimeout, () => command.Fail("No answer in time."));
        var (isLostBefore, isLostAfter, isReplyLost) = DrawFate();
        _lastOut = Math.Max(_lastOut + 1, Now + Delay());
        if (isLostBefore)
        {
            _redis.Loop.Schedule(_network, _lastOut, () => BreakIf(command.Epoch));
        }
        else
        {
            Out(_lastOut, command.Epoch, () =>
            {
                var result = _redis.Execute(execute);
                if (isLostAfter)
                {
                    BreakIf(command.Epoch);
                }
                else if (!isReplyLost)
                {
                    _lastIn = Math.Max(_lastIn + 1, Now + Delay());
                    In(_lastIn, command.Epoch, () => _redis.Loop.Schedule(_lane, Now, () => command.Answer(result)));
                }
            });
        }

        try
        {
            return await command.Task.WaitAsync(cancellationToken);
        }
        finally
        {
            _underWay.Remove(command);
        }
    }

    private (bool LostBefore, bool LostAfter, bool ReplyLost) DrawFate()
    {
        var weather = _redis.Weather;
        var breaks = _random.NextDouble() < weather.Reset;
        var isBefore = _random.Next(2) == 0;
        return (breaks && isBefore, breaks && !isBefore, _random.NextDouble() < weather.ReplyLoss);
    }

    /// <summary>Towards Redis: waits while the cable is cut or Redis stands still, and is lost with its connection.</summary>
    private void Out(long due, int epoch, Action action) => _redis.Loop.Schedule(_network, due, () =>
    {
        if (_isCut || _redis.IsPaused || _outStuck.Count > 0)
        {
            _outStuck.Enqueue((epoch, action));
        }
        else
        {
            Pass((epoch, action));
        }
    });

    /// <summary>Towards the node.</summary>
    private void In(long due, int epoch, Action action) => _redis.Loop.Schedule(_network, due, () =>
    {
        if (_isCut || _inStuck.Count > 0)
        {
            _inStuck.Enqueue((epoch, action));
        }
        else
        {
            Pass((epoch, action));
        }
    });

    private void Pass((int Epoch, Action Action) item)
    {
        if (item.Epoch == _epoch && !_isHalfOpen)
        {
            item.Action();
        }
    }

    private void BreakIf(int epoch)
    {
        if (epoch == _epoch && !_isCut)
        {
            BreakHere();
        }
    }

    private long Delay() => _redis.Weather.Delay(_random);

    private abstract class Command(int epoch)
    {
        public int Epoch { get; } = epoch;

        public abstract void Fail(string why);
    }

    private sealed class Command<T>(int epoch) : Command(epoch)
    {
        private readonly TaskCompletionSource<T> _answer = new();

        public Task<T> Task => _answer.Task;

        public void Answer(T result) => _answer.TrySetResult(result);

        public override void Fail(string why) => _answer.TrySetException(new BackplaneException(why));
    }
}
