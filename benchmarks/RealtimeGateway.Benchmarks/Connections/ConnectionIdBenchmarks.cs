using BenchmarkDotNet.Attributes;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Benchmarks.Connections;

/// <summary>What does it cost to read the id of a POST to @connections, and to print one for a back end?</summary>
[MemoryDiagnoser]
public class ConnectionIdBenchmarks
{
    private readonly ConnectionId _id = ConnectionId.Create(0x2A2A2A2A, "123456789"u8);
    private readonly byte[] _printed = new byte[ConnectionId.TextLength];
    private string _text = "";

    [GlobalSetup]
    public void Setup() => _text = _id.ToString();

    [Benchmark]
    public bool Parse() => ConnectionId.TryParse(_text, out _) ? true : throw new FormatException(_text);

    [Benchmark]
    public int PrintUtf8() => _id.TryFormat(_printed, out var written) ? written : throw new FormatException(_text);
}
