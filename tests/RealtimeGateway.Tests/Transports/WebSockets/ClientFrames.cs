using System.Buffers;
using System.Text;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

/// <summary>Frames as a client sends them, built without the code under test.</summary>
internal static class ClientFrames
{
    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D];

    public static byte[] Text(string text, bool isFinal = true) => Frame(1, Encoding.UTF8.GetBytes(text), isFinal);

    public static byte[] Frame(int opcode, byte[] payload, bool isFinal = true)
    {
        byte[] length = payload.Length switch
        {
            < 126 => [(byte)(0x80 | payload.Length)],
            <= 0xFFFF => [0xFE, (byte)(payload.Length >> 8), (byte)payload.Length],
            _ => [0xFF, 0, 0, 0, 0, (byte)(payload.Length >> 24), (byte)(payload.Length >> 16), (byte)(payload.Length >> 8), (byte)payload.Length],
        };
        return [(byte)((isFinal ? 0x80 : 0) | opcode), .. length, .. Key, .. payload.Select((value, i) => (byte)(value ^ Key[i % 4]))];
    }

    public static byte[] Hex(string hex) => Convert.FromHexString(hex.Replace(" ", "", StringComparison.Ordinal));

    /// <summary>Reads one event from the start of the stream.</summary>
    public static ReadStatus Read(this MessageReader reader, byte[] stream, out int used)
    {
        var input = new ReadOnlySequence<byte>(stream);
        var status = reader.Read(ref input);
        used = stream.Length - (int)input.Length;
        return status;
    }

    public static ReadStatus Read(this MessageReader reader, byte[] stream) => reader.Read(stream, out _);
}
