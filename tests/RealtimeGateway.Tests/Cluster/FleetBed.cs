using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Cluster;

/// <summary>
/// Nodes of a fleet on one thread and a clock that the test drives. Everything awaited goes on here, so a run is the same each time.
/// </summary>
internal sealed class FleetBed : SynchronizationContext, IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(10);

    private readonly Queue<(SendOrPostCallback Callback, object? State)> _queue = new();
    private readonly SynchronizationContext? _before = Current;
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private uint _lastIncarnation = 0x10;

    public FleetBed()
    {
        SetSynchronizationContext(this);
        Store = new FakeStore(Time);
    }

    public FakeTimeProvider Time { get; } = new();

    public FakeStore Store { get; }

    public FleetOptions Options { get; init; } = new();

    /// <summary>Every end that any node told as a reaper, in order.</summary>
    public List<(string By, ConnectionId Id, ClientIdentity Client)> Told { get; } = [];

    public FleetMetrics Metrics => new(_services.GetRequiredService<IMeterFactory>());

    public IMeterFactory Meters => _services.GetRequiredService<IMeterFactory>();

    public static ClientIdentity Client(string name = "someone") => new()
    {
        ApiId = ApiId.Parse("chat"),
        StageName = "prod",
        DomainName = "localhost",
        SourceIp = "127.0.0.1",
        UserAgent = name,
        ConnectedAt = DateTimeOffset.UnixEpoch,
    };

    /// <summary>The result of what must have completed by now; the test's thread never waits.</summary>
    public static T Result<T>(Task<T> task)
    {
        Assert.True(task.IsCompletedSuccessfully, "Should be complete by now.");
        return task.GetAwaiter().GetResult();
    }

    public Task WaitAsync(int milliseconds) => Task.Delay(TimeSpan.FromMilliseconds(milliseconds), Time, CancellationToken.None);

    public FakeNode Start(string name)
    {
        var node = Make(name);
        node.Start();
        Settle();
        return node;
    }

    public FakeNode Make(string name) => new(name, this);

    /// <summary>Draws incarnations that can be told apart in a debugger, and other bytes that differ.</summary>
    public void Draw(Span<byte> bytes)
    {
        bytes.Clear();
        System.Buffers.Binary.BinaryPrimitives.WriteUInt32BigEndian(bytes, ++_lastIncarnation);
    }

    public override void Post(SendOrPostCallback d, object? state)
    {
        lock (_queue)
        {
            _queue.Enqueue((d, state));
        }
    }

    public override void Send(SendOrPostCallback d, object? state) => d(state);

    public override SynchronizationContext CreateCopy() => this;

    /// <summary>Lets everything go on that can without time.</summary>
    public void Settle()
    {
        while (_queue.TryDequeue(out var item))
        {
            item.Callback(item.State);
        }
    }

    public void Run(TimeSpan time)
    {
        for (var end = Time.GetUtcNow() + time; Time.GetUtcNow() < end;)
        {
            Time.Advance(Step);
            Settle();
        }
    }

    public void Run(double seconds) => Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Runs until something is so; fails when it is not in time.</summary>
    public TimeSpan RunUntil(Func<bool> condition, double atMostSeconds, string what)
    {
        var started = Time.GetUtcNow();
        while (!condition())
        {
            Assert.True(Time.GetUtcNow() - started < TimeSpan.FromSeconds(atMostSeconds), $"Waited {atMostSeconds} s for: {what}.");
            Time.Advance(Step);
            Settle();
        }

        return Time.GetUtcNow() - started;
    }

    /// <summary>What a node finds out about another one, when everything answers at once.</summary>
    public NodeStanding Resolve(FakeNode node, uint incarnation)
    {
        var resolve = node.Membership.ResolveAsync(incarnation, CancellationToken.None).AsTask();
        Settle();
        return Result(resolve);
    }

    public void Dispose()
    {
        SetSynchronizationContext(_before);
        _services.Dispose();
    }

    public ILogger<T> Log<T>() => NullLogger<T>.Instance;
}
