using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Cluster;
using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>
/// The one way of a process to Redis: a connection that is sought for ever, subscriptions that outlive it, and commands that fail at once while it is away.
/// Nothing waits for it on a thread, and nothing is queued for later.
/// </summary>
internal sealed partial class RedisLink : IAsyncDisposable
{
    private static readonly TimeSpan FirstRetry = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LastRetry = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan ProbeEvery = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);

    /// <summary>How long a multiplexer may search by itself before everything is begun anew from the connection string.</summary>
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(10);

    private readonly ConfigurationOptions _configuration;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly CancellationTokenSource _stopping = new();
    private readonly Lock _gate = new();
    private readonly RedisKey _fleetKey;
    private ImmutableArray<RedisSubscription> _subscriptions = [];
    private TaskCompletionSource _wake = NewSignal();
    private TaskCompletionSource _up = NewSignal();
    private volatile Session? _session;
    private volatile bool _isUp;
    private Task? _supervision;

    /// <summary>Makes the link; it begins to connect with the first use, or with <see cref="Start"/>.</summary>
    /// <param name="configuration">From <see cref="RedisConnectionString"/>.</param>
    /// <param name="keys">The names.</param>
    /// <param name="time">The clock for retries; the commands' own timeouts are the client library's.</param>
    /// <param name="log">Told when Redis goes and comes.</param>
    public RedisLink(ConfigurationOptions configuration, RedisKeys keys, TimeProvider time, ILogger<RedisLink> log)
    {
        _configuration = configuration;
        _time = time;
        _log = log;
        Keys = keys;
        _fleetKey = keys.Nodes;
    }

    /// <summary>The names of this fleet.</summary>
    public RedisKeys Keys { get; }

    /// <summary>Whether there is a connection to the server that the fleet's keys are on.</summary>
    public bool IsConnected => CanReach(_fleetKey);

    /// <summary>Whether Redis is one that tells publishers of all their receivers: no cluster.</summary>
    public bool CountsReceivers => _session is { IsCluster: false };

    /// <summary>Raised when Redis has come or come back, and every subscription has been proved to work.</summary>
    public event Action? Connected;

    /// <summary>Begins to connect.</summary>
    public void Start()
    {
        lock (_gate)
        {
            _supervision ??= SuperviseAsync(_stopping.Token);
        }
    }

    /// <summary>Waits until Redis is there.</summary>
    /// <returns>Whether it came in time.</returns>
    public async Task<bool> WaitConnectedAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        Start();
        try
        {
            await Volatile.Read(ref _up).Task.WaitAsync(limit, _time, cancellationToken);
            return true;
        }
        catch (TimeoutException)
        {
            return false;
        }
    }

    /// <summary>Whether there is a connection to the master that a key is on.</summary>
    public bool CanReach(RedisKey key)
    {
        try
        {
            return _session?.Database.IsConnected(key, CommandFlags.DemandMaster) == true;
        }
        catch (ObjectDisposedException)
        {
            return false;
        }
    }

    /// <summary>Gives a command to Redis.</summary>
    /// <exception cref="BackplaneException">Redis is away, refused the command, or did not answer in a second.</exception>
    public async ValueTask<T> RunAsync<T>(Func<IDatabase, Task<T>> command, CancellationToken cancellationToken)
    {
        Start();
        if (_session is not { } session)
        {
            throw new BackplaneException("Redis cannot be reached.");
        }

        try
        {
            return await command(session.Database).WaitAsync(cancellationToken);
        }
        catch (RedisServerException exception)
        {
            throw new BackplaneException($"Redis refused a command: {exception.Message}", exception);
        }
        catch (TimeoutException exception)
        {
            throw new BackplaneException("Redis did not answer in time.", exception);
        }
        catch (Exception exception) when (exception is RedisException or ObjectDisposedException)
        {
            throw new BackplaneException("Redis cannot be reached.", exception);
        }
    }

    /// <summary>Runs a script.</summary>
    /// <exception cref="BackplaneException">As in <see cref="RunAsync"/>.</exception>
    public ValueTask<RedisResult> EvaluateAsync(string script, RedisKey[] keys, RedisValue[] values, CancellationToken cancellationToken) =>
        RunAsync(database => database.ScriptEvaluateAsync(script, keys, values, CommandFlags.DemandMaster), cancellationToken);

    /// <summary>Publishes; the number of receivers that the server knows of. Throws what the client library throws.</summary>
    public Task<long> PublishAsync(string channel, ReadOnlyMemory<byte> message) =>
        _session is { } session ? session.Subscriber.PublishAsync(session.ChannelOf(channel), message) : Task.FromResult(0L);

    /// <summary>Listens to a channel from now on, or as soon as Redis is there, until <see cref="UnsubscribeAsync"/>.</summary>
    public RedisSubscription Subscribe(string channel, Action<ReadOnlyMemory<byte>> receive)
    {
        var subscription = new RedisSubscription(channel, receive, exception => Log.ReceiverFailed(_log, exception, channel));
        lock (_gate)
        {
            _subscriptions = _subscriptions.Add(subscription);
        }

        Start();
        Wake();
        return subscription;
    }

    /// <summary>Ends <see cref="Subscribe"/>.</summary>
    public async Task UnsubscribeAsync(RedisSubscription subscription)
    {
        lock (_gate)
        {
            _subscriptions = _subscriptions.Remove(subscription);
        }

        await subscription.EndAsync();
        subscription.Dispose();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        if (_supervision is { } supervision)
        {
            await supervision;
        }

        _stopping.Dispose();
    }

    private async Task SuperviseAsync(CancellationToken stopping)
    {
        await Task.Yield();
        var isToldAway = false;
        for (var retry = FirstRetry; !stopping.IsCancellationRequested;)
        {
            try
            {
                await using var session = await OpenAsync(stopping);
                (_session, retry, isToldAway) = (session, FirstRetry, false);
                await WatchAsync(session, stopping);
                Log.StartedAgain(_log, RedisConnectionString.Describe(_configuration));
            }
            catch (OperationCanceledException) when (stopping.IsCancellationRequested)
            {
                return;
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
            {
                if (!isToldAway)
                {
                    Log.Unreachable(_log, RedisConnectionString.Describe(_configuration), exception.Message);
                    isToldAway = true;
                }
            }
            catch (Exception exception)
            {
                // A bug, here or in the client library; the search must go on nevertheless.
                Log.SupervisionFailed(_log, exception);
            }
            finally
            {
                _session = null;
                LoseConnection();
            }

            await Task.Delay(retry, _time, stopping).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            retry = retry * 2 < LastRetry ? retry * 2 : LastRetry;
        }
    }

    private async Task<Session> OpenAsync(CancellationToken stopping)
    {
        var opening = Session.OpenAsync(_configuration, LoseConnection, Wake);
        try
        {
            return await opening.WaitAsync(stopping);
        }
        catch (OperationCanceledException)
        {
            // Nobody wants it any more; it may still come.
            _ = opening.ContinueWith(
                static async opened => await (await opened).DisposeAsync(), CancellationToken.None, TaskContinuationOptions.OnlyOnRanToCompletion, TaskScheduler.Default);
            throw;
        }
    }

    /// <summary>Proves once a second that commands and subscriptions work; returns when they have not for too long.</summary>
    private async Task WatchAsync(Session session, CancellationToken stopping)
    {
        var worked = _time.GetTimestamp();
        while (true)
        {
            var wake = NewSignal();
            Volatile.Write(ref _wake, wake);
            if (await IsWorkingAsync(session, stopping) && !wake.Task.IsCompleted)
            {
                worked = _time.GetTimestamp();
                RaiseUp(wake.Task);
            }
            else if (!wake.Task.IsCompleted)
            {
                MarkAway();
                if (_time.GetElapsedTime(worked) > GiveUpAfter)
                {
                    return;
                }
            }

            await Task.WhenAny(wake.Task, Task.Delay(_isUp ? ProbeEvery : LookEvery, _time, stopping));
            stopping.ThrowIfCancellationRequested();
        }
    }

    private async Task<bool> IsWorkingAsync(Session session, CancellationToken stopping)
    {
        if (!CanReach(_fleetKey))
        {
            return false;
        }

        try
        {
            session.Look();
            await session.Database.KeyExistsAsync(_fleetKey, CommandFlags.DemandMaster).WaitAsync(stopping);
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException)
        {
            return false;
        }

        var proofs = _subscriptions.Select(
            subscription => subscription.ProveAsync(session.Subscriber, session.ChannelOf(subscription.Name), RedisConnectionString.CommandTimeout, _time, stopping));
        return (await Task.WhenAll(proofs)).All(static isProved => isProved);
    }

    private void RaiseUp(Task lost)
    {
        lock (_gate)
        {
            // A loss that was told between the proof and here.
            if (_isUp || lost.IsCompleted)
            {
                return;
            }

            _isUp = true;
        }

        Log.Connected(_log, RedisConnectionString.Describe(_configuration));
        Volatile.Read(ref _up).TrySetResult();
        Connected?.Invoke();
    }

    private void LoseConnection()
    {
        // In this order: whoever finds it away finds it woken as well.
        Wake();
        MarkAway();
    }

    private void MarkAway()
    {
        lock (_gate)
        {
            if (_isUp)
            {
                _isUp = false;
                Volatile.Write(ref _up, NewSignal());
                Log.Lost(_log, RedisConnectionString.Describe(_configuration));
            }
        }
    }

    private void Wake() => Volatile.Read(ref _wake).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);

    private static partial class Log
    {
        [LoggerMessage(RedisEventIds.Unreachable, LogLevel.Warning,
            "Redis at {Servers} cannot be reached. This node serves its own clients meanwhile, and goes on trying. {Problem}")]
        public static partial void Unreachable(ILogger logger, string servers, string problem);

        [LoggerMessage(RedisEventIds.Connected, LogLevel.Information, "Redis at {Servers} is there.")]
        public static partial void Connected(ILogger logger, string servers);

        [LoggerMessage(RedisEventIds.Lost, LogLevel.Warning, "Redis at {Servers} is away. This node serves its own clients meanwhile, and goes on trying.")]
        public static partial void Lost(ILogger logger, string servers);

        [LoggerMessage(RedisEventIds.StartedAgain, LogLevel.Warning, "Redis at {Servers} has not answered for long; connecting anew.")]
        public static partial void StartedAgain(ILogger logger, string servers);

        [LoggerMessage(RedisEventIds.SupervisionFailed, LogLevel.Error, "Watching over the connection to Redis failed; it is made anew.")]
        public static partial void SupervisionFailed(ILogger logger, Exception exception);

        [LoggerMessage(RedisEventIds.ReceiverFailed, LogLevel.Error, "A message on {Channel} could not be taken.")]
        public static partial void ReceiverFailed(ILogger logger, Exception exception, string channel);
    }

    /// <summary>One multiplexer.</summary>
    private sealed class Session : IAsyncDisposable
    {
        private static readonly Version ShardedChannels = new(7, 0);

        private readonly ConnectionMultiplexer _multiplexer;
        private bool _isSharded;

        private Session(ConnectionMultiplexer multiplexer)
        {
            _multiplexer = multiplexer;
            Database = multiplexer.GetDatabase();
            Subscriber = multiplexer.GetSubscriber();
            Look();
        }

        public IDatabase Database { get; }

        public ISubscriber Subscriber { get; }

        public bool IsCluster { get; private set; }

        public static async Task<Session> OpenAsync(ConfigurationOptions configuration, Action lost, Action changed)
        {
            var multiplexer = await ConnectionMultiplexer.ConnectAsync(configuration.Clone());
            multiplexer.ConnectionFailed += (_, _) => lost();
            multiplexer.ConnectionRestored += (_, _) => changed();
            multiplexer.ConfigurationChanged += (_, _) => changed();
            return new Session(multiplexer);
        }

        /// <summary>Sees what kind of Redis it is: it may have been replaced by another.</summary>
        public void Look()
        {
            var cluster = _multiplexer.GetServers().Where(static server => server.IsConnected && server.ServerType == ServerType.Cluster).ToArray();
            IsCluster = cluster.Length > 0;
            _isSharded = IsCluster && cluster.All(static server => server.Version >= ShardedChannels);
        }

        /// <summary>In a cluster, a channel that only one shard carries; before version 7, one that all nodes of the cluster pass on to one another.</summary>
        public RedisChannel ChannelOf(string name) => _isSharded ? RedisChannel.Sharded(name) : RedisChannel.Literal(name);

        public async ValueTask DisposeAsync()
        {
            try
            {
                await _multiplexer.CloseAsync(allowCommandsToComplete: false);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException)
            {
                // It is given up anyway.
            }

            await _multiplexer.DisposeAsync();
        }
    }
}
