using System.Buffers;
using BenchmarkDotNet.Attributes;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Benchmarks.Transports.WebSockets;

/// <summary>What does a message cost on its way out, before the socket?</summary>
[MemoryDiagnoser]
public class FrameWriteBenchmarks
{
    private readonly ArrayBufferWriter<byte> _output = new(256 * 1024);
    private readonly byte[] _small = Payloads.Json(128);
    private readonly byte[] _frame = Payloads.Json(32 * 1024);
    private readonly byte[] _longest = Payloads.Json(128 * 1024);
    private readonly byte[] _ping = "12345678"u8.ToArray();

    [Benchmark(Baseline = true)]
    public int SmallMessage()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, Opcode.Text, _small);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int LargeFrame()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, Opcode.Text, _frame);
        return _output.WrittenCount;
    }

    /// <summary>128 KB, in four fragments.</summary>
    [Benchmark]
    public int LongestMessage()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteMessage(_output, Opcode.Text, _longest);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int Pong()
    {
        _output.ResetWrittenCount();
        FrameWriter.WritePong(_output, _ping);
        return _output.WrittenCount;
    }

    [Benchmark]
    public int Close()
    {
        _output.ResetWrittenCount();
        FrameWriter.WriteClose(_output, CloseReason.GoingAway);
        return _output.WrittenCount;
    }

    /// <summary>For fan-out: one array, whatever the number of receivers.</summary>
    [Benchmark]
    public int EncodeOnce() => FrameWriter.EncodeMessage(Opcode.Text, _small).Length;
}
