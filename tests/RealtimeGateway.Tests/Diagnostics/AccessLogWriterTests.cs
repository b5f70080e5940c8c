using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Diagnostics;

public sealed class AccessLogWriterTests : IDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private readonly FakeTimeProvider _clock = new();
    private readonly FakeSink _sink = new();
    private readonly LogLines<AccessLogs> _log = new();
    private readonly MeterCollector _collector;
    private readonly AccessLogWriter _writer;

    public AccessLogWriterTests()
    {
        var factory = _services.GetRequiredService<IMeterFactory>();
        _writer = new AccessLogWriter("/logs/access.log", _sink, new GatewayMetrics(factory, static () => 0), _clock, _log);
        _collector = new MeterCollector(factory);
    }

    public void Dispose()
    {
        _collector.Dispose();
        _services.Dispose();
    }

    [Fact]
    public async Task Write_LinesWithinTheInterval_GoTogether()
    {
        _writer.Write("one"u8);
        _writer.Write("two"u8);
        await DriveUntil(() => _sink.Batches.Length == 1);

        Assert.Equal(["one\ntwo\n"], _sink.Batches);

        _writer.Write("three"u8);
        await DriveUntil(() => _sink.Batches.Length == 2);

        Assert.Equal("three\n", _sink.Batches[1]);
    }

    [Fact]
    public async Task Dispose_LinesThatWait_AreWrittenWithoutWaiting()
    {
        _writer.Write("last"u8);
        await _writer.DisposeAsync().AsTask().WaitAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["last\n"], _sink.Batches);
    }

    [Fact]
    public async Task Write_DestinationThatHangs_DropsWhatDoesNotFitAndGoesOn()
    {
        var hanging = new TaskCompletionSource<AccessLogAppend>(TaskCreationOptions.RunContinuationsAsynchronously);
        _sink.Answers.Enqueue(() => hanging.Task);
        _writer.Write("first"u8);
        await DriveUntil(() => _sink.Calls == 1);

        var line = new byte[1023];
        const int Fitting = AccessLogWriter.MaxPendingBytes / 1024;
        for (var i = 0; i < Fitting + 7; i++)
        {
            _writer.Write(line);
        }

        Assert.Equal(7, _collector.Sum("realtimegateway.access_log.dropped", "destination=/logs/access.log"));

        hanging.SetResult(AccessLogAppend.Done);
        await DriveUntil(() => _sink.Batches.Length == 2);
        await _writer.DisposeAsync();

        Assert.Equal("first\n", _sink.Batches[0]);
        Assert.Equal(Fitting * 1024, _sink.Batches[1].Length);
        Assert.Equal(["Warning: The access log /logs/access.log did not take 7 lines; they are lost."], _log.Lines);
    }

    [Fact]
    public async Task Write_DestinationThatCannotBeOpened_TriesAgainWithTheSameLines()
    {
        _sink.Answers.Enqueue(static () => Task.FromResult(new AccessLogAppend("no such device", IsUntouched: true)));
        _sink.Answers.Enqueue(static () => Task.FromResult(new AccessLogAppend("no such device", IsUntouched: true)));
        _writer.Write("kept"u8);
        await DriveUntil(() => _sink.Batches.Length == 1);

        Assert.Equal(["kept\n"], _sink.Batches);
        Assert.Equal(3, _sink.Calls);
        Assert.Equal(["Warning: The access log /logs/access.log cannot be written: no such device"], _log.Lines);
        Assert.Equal(0, _collector.Sum("realtimegateway.access_log.dropped"));
    }

    [Fact]
    public async Task Write_DestinationThatFailsHalfway_DropsTheBatchRatherThanRepeatIt()
    {
        _sink.Answers.Enqueue(static () => Task.FromResult(new AccessLogAppend("no space left", IsUntouched: false)));
        _writer.Write("torn"u8);
        _writer.Write("lost"u8);
        await DriveUntil(() => _collector.Sum("realtimegateway.access_log.dropped") == 2);
        _writer.Write("next"u8);
        await DriveUntil(() => _sink.Batches.Length == 1);

        Assert.Equal(["next\n"], _sink.Batches);
    }

    [Fact]
    public async Task Write_DestinationThatKeepsFailing_WarnsOnceAMinute()
    {
        for (var i = 0; i < 200; i++)
        {
            _sink.Answers.Enqueue(static () => Task.FromResult(new AccessLogAppend("no such device", IsUntouched: true)));
        }

        var started = _clock.GetTimestamp();
        _writer.Write("kept"u8);
        await DriveUntil(() => _sink.Batches.Length == 1);

        // About 200 s of fake time have gone by: a warning at once, and one after each minute.
        var minutes = (int)_clock.GetElapsedTime(started).TotalMinutes;
        Assert.InRange(_log.Lines.Count, 2, minutes + 1);
    }

    [Fact]
    public async Task Write_SinkWithABug_LosesTheBatchAndGoesOn()
    {
        _sink.Answers.Enqueue(static () => throw new InvalidOperationException("a bug"));
        _writer.Write("lost"u8);
        await DriveUntil(() => _collector.Sum("realtimegateway.access_log.dropped") == 1);
        _writer.Write("next"u8);
        await DriveUntil(() => _sink.Batches.Length == 1);

        Assert.Equal(["next\n"], _sink.Batches);
    }

    /// <summary>Lets time pass until the writer, which runs on other threads, has come to where it should.</summary>
    private async Task DriveUntil(Func<bool> condition)
    {
        while (!condition())
        {
            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
            _clock.Advance(AccessLogWriter.BatchInterval);
            await Task.Yield();
        }
    }
}
