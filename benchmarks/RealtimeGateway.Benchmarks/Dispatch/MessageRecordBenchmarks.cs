using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>What does it cost to write down what became of a message: not at all, in the access log, in the metrics?</summary>
[MemoryDiagnoser]
public class MessageRecordBenchmarks
{
    private readonly byte[] _silent = """{"action":"silent"}"""u8.ToArray();
    private readonly DispatchBed _plain = new();
    private readonly DispatchBed _logged = new(new AccessLogSettings
    {
        Destination = "stdout",
        Format = """{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","eventType":"$context.eventType", """
            + """ "routeKey":"$context.routeKey","status":"$context.status","connectionId":"$context.connectionId","error":"$context.error.message"}""",
    });

    private MeterListener? _listener;
    private long _measured;

    /// <summary>Neither.</summary>
    [Benchmark(Baseline = true)]
    public int Unrecorded() => _plain.Dispatch(_silent, expectedBytes: 0);

    /// <summary>One line in JSON, to a destination that costs nothing.</summary>
    [Benchmark]
    public int Logged() => _logged.Dispatch(_silent, expectedBytes: 0);

    /// <summary>Every instrument has a listener.</summary>
    [Benchmark]
    public long Measured()
    {
        _listener ??= Listen();
        var before = _measured;
        _ = _plain.Dispatch(_silent, expectedBytes: 0);
        return _measured > before ? _measured : throw new InvalidOperationException("Nothing was measured.");
    }

    [GlobalCleanup]
    public void Dispose() => _listener?.Dispose();

    private MeterListener Listen()
    {
        var listener = new MeterListener
        {
            InstrumentPublished = static (instrument, listener) =>
            {
                if (instrument.Meter.Name == "RealtimeGateway")
                {
                    listener.EnableMeasurementEvents(instrument);
                }
            },
        };
        listener.SetMeasurementEventCallback<long>((_, value, _, _) => _measured += value);
        listener.Start();
        return listener;
    }
}
