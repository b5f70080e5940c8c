using BenchmarkDotNet.Attributes;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>What does a message cost that goes to an HTTP back end, without the network? Most of it is the runtime's HTTP client.</summary>
[MemoryDiagnoser]
public class HttpDispatchBenchmarks
{
    private readonly byte[] _message = Payloads.Json(128, action: "forward");
    private readonly DispatchBed _bed = new();

    /// <summary>The first message connects to the back end, which takes a thread of the pool.</summary>
    public HttpDispatchBenchmarks() => _bed.DispatchSlowly(_message);

    /// <summary>Two ways: the back end's answer goes to the client's transport.</summary>
    [Benchmark]
    public int Forward() => _bed.Dispatch(_message, expectedBytes: 128);
}
