using System.Buffers;
using BenchmarkDotNet.Attributes;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Benchmarks.Transports.WebSockets;

/// <summary>What does a client's message cost from its bytes to the hands of the dispatcher?</summary>
[MemoryDiagnoser]
public class MessageReadBenchmarks : IDisposable
{
    private const uint MaskKey = 0x5A17C3E9;

    private readonly MessageReader _reader = new(MessageReaderLimits.Default);
    private byte[] _small = [];
    private byte[] _notAscii = [];
    private byte[] _fragmented = [];
    private byte[] _large = [];
    private byte[] _ping = [];
    private ReadOnlySequence<byte> _cut;

    [GlobalSetup]
    public void Setup()
    {
        _small = Encode([(Opcode.Text, true, Payloads.Json(128))]);
        _notAscii = Encode([(Opcode.Text, true, Payloads.JsonNotAscii(128))]);
        _large = Encode([(Opcode.Text, true, Payloads.Json(32 * 1024))]);
        _ping = Encode([(Opcode.Ping, true, "12345678"u8.ToArray())]);
        var whole = Payloads.Json(384);
        _fragmented = Encode(
        [
            (Opcode.Text, false, whole[..128]),
            (Opcode.Continuation, false, whole[128..256]),
            (Opcode.Continuation, true, whole[256..]),
        ]);
        // Inside the header, and inside the payload: as pipe segments fall.
        _cut = Segment.Sequence(_small[..3], _small[3..70], _small[70..]);
    }

    [GlobalCleanup]
    public void Dispose()
    {
        _reader.Dispose();
        GC.SuppressFinalize(this);
    }

    [Benchmark(Baseline = true)]
    public int SmallFrame() => ReadMessage(_small);

    [Benchmark]
    public int SmallFrameNotAscii() => ReadMessage(_notAscii);

    [Benchmark]
    public int SmallFrameOverSegments() => ReadMessage(_cut);

    [Benchmark]
    public int FragmentedMessage() => ReadMessage(_fragmented);

    [Benchmark]
    public int LargeFrame() => ReadMessage(_large);

    [Benchmark]
    public int Ping()
    {
        ReadOnlySpan<byte> input = _ping;
        return _reader.Read(ref input) == ReadStatus.Ping ? _reader.ControlPayload.Length : throw new InvalidOperationException("Not a ping.");
    }

    private int ReadMessage(ReadOnlySequence<byte> input) => Take(_reader.Read(ref input));

    private int ReadMessage(byte[] bytes)
    {
        ReadOnlySpan<byte> input = bytes;
        return Take(_reader.Read(ref input));
    }

    private int Take(ReadStatus status)
    {
        if (status != ReadStatus.Message)
        {
            throw new InvalidOperationException($"{status} where a message was expected.");
        }

        var message = _reader.TakeMessage();
        message.Return();
        return message.Length;
    }

    private static byte[] Encode((Opcode Opcode, bool IsFinal, byte[] Payload)[] frames)
    {
        var output = new ArrayBufferWriter<byte>();
        foreach (var (opcode, isFinal, payload) in frames)
        {
            FrameWriter.WriteMaskedFrame(output, opcode, isFinal, payload, MaskKey);
        }

        return output.WrittenSpan.ToArray();
    }
}
