using BenchmarkDotNet.Attributes;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>What does a message cost from the reader's hands through its route and a MOCK integration, which answers at once?</summary>
[MemoryDiagnoser]
public class MessageDispatchBenchmarks
{
    private readonly byte[] _echoed = Payloads.Json(128);
    private readonly byte[] _silent = """{"action":"silent"}"""u8.ToArray();
    private readonly byte[] _unrouted = """{"action":"nobody knows this one"}"""u8.ToArray();
    private readonly DispatchBed _bed = new();

    /// <summary>One way.</summary>
    [Benchmark(Baseline = true)]
    public int Mock() => _bed.Dispatch(_silent, expectedBytes: 0);

    /// <summary>Two ways: templates make the answer, which goes to the client's transport.</summary>
    [Benchmark]
    public int Echo() => _bed.Dispatch(_echoed, expectedBytes: 128);

    /// <summary>No route: the client is told so.</summary>
    [Benchmark]
    public int Forbidden() => _bed.Dispatch(_unrouted, expectedBytes: null);
}
