using StackExchange.Redis;

namespace RealtimeGateway.Redis;

/// <summary>
/// A channel that is listened to, whatever becomes of connections. That it really is listened to is proved by probes, empty messages that this process sends
/// to itself: only their arrival shows that a failover, a moved slot or a half-dead socket has not silenced it.
/// </summary>
internal sealed class RedisSubscription(string name, Action<ReadOnlyMemory<byte>> receive, Action<Exception> onFailure) : IDisposable
{
    private const int Probes = 4;
    private const int ProbesUntilRenewal = 2;

    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly TaskCompletionSource _proved = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private ISubscriber? _subscriber;
    private RedisChannel _channel;
    private ChannelMessageQueue? _queue;
    private TaskCompletionSource _echo = NewEcho();
    private int _missed;
    private volatile bool _isEnded;

    /// <summary>The name of the channel.</summary>
    public string Name => name;

    /// <summary>Completes when the subscription has worked for the first time.</summary>
    public Task Proved => _proved.Task;

    /// <summary>Subscribes where that is not done yet, and proves that messages arrive.</summary>
    public async Task<bool> ProveAsync(ISubscriber subscriber, RedisChannel channel, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            await _gate.WaitAsync(cancellationToken);
        }
        catch (ObjectDisposedException)
        {
            // Ended meanwhile: there is nothing to prove.
            return true;
        }

        try
        {
            for (var probe = 1; !_isEnded; probe++)
            {
                var pause = Task.Delay(limit / Probes, time, cancellationToken);
                if (await TryProveAsync(subscriber, channel, limit / Probes, time, cancellationToken))
                {
                    return true;
                }

                if (probe == Probes)
                {
                    return false;
                }

                // A probe that failed at once, because the client library's second connection is not there yet, is not repeated at once.
                await pause;
            }

            return true;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>Stops listening.</summary>
    public async Task EndAsync()
    {
        _isEnded = true;
        await _gate.WaitAsync();
        try
        {
            await UnsubscribeAsync();
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <summary>After <see cref="EndAsync"/>.</summary>
    public void Dispose() => _gate.Dispose();

    private async Task<bool> TryProveAsync(ISubscriber subscriber, RedisChannel channel, TimeSpan limit, TimeProvider time, CancellationToken cancellationToken)
    {
        try
        {
            if (_queue is null || _missed >= ProbesUntilRenewal || !ReferenceEquals(_subscriber, subscriber) || _channel != channel)
            {
                await UnsubscribeAsync();
                await BeginAsync(subscriber, channel);
            }

            _missed++;
            var echo = NewEcho();
            Volatile.Write(ref _echo, echo);
            await subscriber.PublishAsync(channel, RedisValue.EmptyString).WaitAsync(limit, time, cancellationToken);
            await echo.Task.WaitAsync(limit, time, cancellationToken);
            _missed = 0;
            _proved.TrySetResult();
            return true;
        }
        catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
        {
            return false;
        }
    }

    private async Task UnsubscribeAsync()
    {
        if (_queue is not null)
        {
            _queue = null;
            _missed = 0;
            try
            {
                await _subscriber!.UnsubscribeAsync(_channel);
            }
            catch (Exception exception) when (exception is RedisException or TimeoutException or ObjectDisposedException)
            {
                // The connection that listened is gone, and the subscription with it.
            }
        }
    }

    private async Task BeginAsync(ISubscriber subscriber, RedisChannel channel)
    {
        (_subscriber, _channel) = (subscriber, channel);
        // The master: a publisher is told how many listen there, and takes none for nobody.
        var queue = await subscriber.SubscribeAsync(channel, CommandFlags.DemandMaster);
        queue.OnMessage(Take);
        _queue = queue;
    }

    private void Take(ChannelMessage message)
    {
        ReadOnlyMemory<byte> bytes = message.Message;
        if (bytes.IsEmpty)
        {
            Volatile.Read(ref _echo).TrySetResult();
            return;
        }

        try
        {
            receive(bytes);
        }
        catch (Exception exception)
        {
            // One message is lost to a bug of its receiver; the next ones are not.
            onFailure(exception);
        }
    }

    private static TaskCompletionSource NewEcho() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
