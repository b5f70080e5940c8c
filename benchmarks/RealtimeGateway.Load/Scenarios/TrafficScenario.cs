using System.Diagnostics;
using System.Text;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>Warm-up, measured window, drain: the time line that all traffic shares. What flows is the derived scenario's.</summary>
internal abstract class TrafficScenario : IMessageSink
{
    private static readonly TimeSpan DrainPatience = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan LongestWait = TimeSpan.FromMilliseconds(100);

    private readonly LoadOptions _options;
    private readonly byte[]? _expect;
    private long _windowStart = long.MaxValue;

    protected TrafficScenario(EventLoop loop, LoadOptions options, TrafficOptions traffic, Tally errors)
    {
        Loop = loop;
        _options = options;
        Traffic = traffic;
        Errors = errors;
        _expect = traffic.Expect is null ? null : Encoding.UTF8.GetBytes(traffic.Expect);
    }

    protected EventLoop Loop { get; }

    protected TrafficOptions Traffic { get; }

    protected Tally Errors { get; }

    /// <summary>From the moment a message was due (open loop) or sent (closed loop) to its answer.</summary>
    protected LatencyHistogram Latency { get; } = new();

    /// <summary>How late the client itself was: from due to sent. Open loop only.</summary>
    protected LatencyHistogram SendDelay { get; } = new();

    /// <summary>When the window closed; <see cref="long.MaxValue"/> before.</summary>
    protected long WindowEnd { get; private set; } = long.MaxValue;

    /// <summary>Answers that came inside the window.</summary>
    protected long Completed { get; private set; }

    /// <summary>No new messages; only what is under way still counts.</summary>
    protected bool IsDraining { get; private set; }

    /// <summary>Runs to the end of the window, or until <paramref name="stop"/>, which leaves a partial result.</summary>
    public TrafficReport Run(CancellationToken stop)
    {
        var start = Stopwatch.GetTimestamp();
        var windowDue = start + Clock.Ticks(_options.Warmup);
        Begin(start);
        Drive(windowDue, static () => false, stop);

        var serverBefore = Sample(_options.ServerProcessIds);
        var backEndBefore = Sample(_options.BackEndProcessIds);
        var clientBefore = ProcessSample.TryTake(Environment.ProcessId, withMemory: false);
        _windowStart = Stopwatch.GetTimestamp();
        var windowPlanned = _windowStart + Clock.Ticks(_options.Duration);
        Drive(windowPlanned, () => Completed >= _options.MaxMessages, stop);
        WindowEnd = Stopwatch.GetTimestamp();
        var completed = Completed;
        var serverAfter = Sample(_options.ServerProcessIds);
        var backEndAfter = Sample(_options.BackEndProcessIds);
        var clientAfter = ProcessSample.TryTake(Environment.ProcessId, withMemory: false);

        WindowClosed();
        IsDraining = true;
        var deadline = Clock.In(DrainPatience);
        while (HasOutstanding && !stop.IsCancellationRequested && Stopwatch.GetTimestamp() < deadline)
        {
            Loop.Wait(Math.Min(deadline, Clock.In(LongestWait)));
        }

        Finish();
        var seconds = Stopwatch.GetElapsedTime(_windowStart, WindowEnd).TotalSeconds;
        return new TrafficReport(
            Math.Round(seconds, 3), completed, Math.Round(completed / seconds, 1), Latency.Summarize(), SummarizeReceipts(), SendDelay.Summarize(),
            ProcessCost.Between(serverBefore, serverAfter, completed), ProcessCost.Between(clientBefore, clientAfter, completed)!,
            ProcessCost.Between(backEndBefore, backEndAfter, completed));
    }

    public virtual void Opened(ClientConnection connection)
    {
        // All are open before the traffic begins.
    }

    public abstract void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal);

    public abstract void Lost(ClientConnection connection);

    /// <summary>Something is still under way that the drain should wait for.</summary>
    protected abstract bool HasOutstanding { get; }

    /// <summary>The traffic starts.</summary>
    protected abstract void Begin(long now);

    /// <summary>Sends what is due and returns when the next will be; <see cref="long.MaxValue"/> when that depends on answers.</summary>
    protected abstract long SendDue(long now);

    /// <summary>The window ends now and nothing more will be sent: the moment to count what was due and could not be.</summary>
    protected virtual void WindowClosed()
    {
        // Only an open loop has a schedule to be behind of.
    }

    /// <summary>Counts what never came.</summary>
    protected abstract void Finish();

    /// <summary>The way on to a receiver, where there is one beside the answer.</summary>
    protected virtual LatencySummary? SummarizeReceipts() => null;

    /// <summary>Whether a message that was due then belongs to the result.</summary>
    protected bool IsMeasured(long dueAt) => dueAt >= _windowStart && dueAt < WindowEnd;

    /// <summary>Counts an answer towards throughput if it came inside the window, and its latency if it was due inside.</summary>
    protected void Complete(long dueAt, long now)
    {
        if (now >= _windowStart && !IsDraining)
        {
            Completed++;
        }

        if (IsMeasured(dueAt))
        {
            Latency.Record(now - dueAt);
        }
    }

    /// <summary>Counts an answer that is not what was asked for, with its beginning, so that the table shows what the server said.</summary>
    protected void AddUnexpected(ReadOnlySpan<byte> payload)
    {
        if (IsMeasured(Stopwatch.GetTimestamp()))
        {
            // Without the stamp, which would make each of them another error.
            var marker = payload.IndexOf(MessageTemplate.Marker);
            var text = Encoding.UTF8.GetString(payload[..Math.Min(marker < 0 ? 48 : marker, payload.Length)]);
            Errors.Add($"unexpected answer: {text}");
        }
    }

    /// <summary>Whether the answer holds what <see cref="TrafficOptions.Expect"/> asks for.</summary>
    protected bool IsExpected(ReadOnlySpan<byte> payload) => _expect is null || payload.IndexOf(_expect) >= 0;

    private void Drive(long until, Func<bool> isEnough, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested && !isEnough())
        {
            var now = Stopwatch.GetTimestamp();
            if (now >= until)
            {
                return;
            }

            var next = Math.Min(SendDue(now), until);
            Loop.Wait(Math.Min(next, now + Clock.Ticks(LongestWait)));
        }
    }

    private static ProcessSample? Sample(IReadOnlyList<int> processIds) => ProcessSample.TryTake(processIds, withMemory: false);
}
