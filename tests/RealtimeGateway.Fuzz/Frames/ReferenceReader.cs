using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Fuzz.Frames;

/// <summary>
/// RFC 6455 §5 for a server, in the order in which the document says it, with the whole stream at hand and no thought of speed.
/// Shares no code with what it judges but the table of close reasons and the limits.
/// </summary>
internal static class ReferenceReader
{
    public static List<string> Read(byte[] stream, MessageReaderLimits limits)
    {
        var events = new List<string>();
        var message = new List<byte>();
        int? messageOpcode = null;
        var fragments = 0;
        var at = 0;

        while (true)
        {
            if (ReadHeader(stream, ref at, out var frame) is var (isWhole, isValid) && !(isWhole && isValid))
            {
                return isValid ? events : [.. events, Transcript.Violation(CloseReason.ProtocolError)];
            }

            var isControl = frame.Opcode >= 8;
            if (!isControl && Refusal(frame, messageOpcode, message.Count, ++fragments, limits) is { } refusal)
            {
                return [.. events, Transcript.Violation(refusal)];
            }

            var available = (int)Math.Min(frame.Length, (ulong)(stream.Length - at));
            var payload = Enumerable.Range(0, available).Select(i => (byte)(stream[at + i] ^ frame.Key[i % 4])).ToArray();
            at += available;
            var isComplete = (ulong)available == frame.Length;
            if (isControl)
            {
                if (!isComplete)
                {
                    return events;
                }

                events.Add(Control(frame.Opcode, payload, out var isEnd));
                if (isEnd)
                {
                    return events;
                }

                continue;
            }

            messageOpcode ??= frame.Opcode;
            message.AddRange(payload);
            var isEndOfMessage = isComplete && frame.IsFinal;
            if (messageOpcode == 1 && !IsUtf8([.. message], isEndOfMessage))
            {
                return [.. events, Transcript.Violation(CloseReason.InvalidUtf8)];
            }

            if (!isComplete)
            {
                return events;
            }

            if (isEndOfMessage)
            {
                events.Add(Transcript.Message(messageOpcode == 2, [.. message]));
                message.Clear();
                messageOpcode = null;
                fragments = 0;
            }
        }
    }

    private static CloseReason? Refusal(Frame frame, int? messageOpcode, int soFar, int fragments, MessageReaderLimits limits)
    {
        if (frame.Opcode == 0 ? messageOpcode is null : messageOpcode is not null)
        {
            return CloseReason.ProtocolError;
        }

        if (frame.Opcode == 2 && !limits.AllowBinary)
        {
            return CloseReason.BinaryNotSupported;
        }

        if (frame.Length > (ulong)limits.MaxFrameBytes || (UInt128)frame.Length + (UInt128)soFar > (UInt128)limits.MaxMessageBytes)
        {
            return CloseReason.MessageTooBig;
        }

        return fragments > limits.MaxFragments ? CloseReason.TooManyFragments : null;
    }

    // Bit by bit, as far as the stream goes: (whole, valid so far).
    private static (bool IsWhole, bool IsValid) ReadHeader(byte[] stream, ref int at, out Frame frame)
    {
        frame = new Frame();
        var rest = stream[at..];
        if (rest.Length == 0)
        {
            return (false, true);
        }

        frame.IsFinal = rest[0] / 128 == 1;
        frame.Opcode = rest[0] % 16;
        var reserved = rest[0] / 16 % 8;
        if (reserved != 0 || frame.Opcode is not (0 or 1 or 2 or 8 or 9 or 10))
        {
            return (false, false);
        }

        if (rest.Length == 1)
        {
            return (false, true);
        }

        var isMasked = rest[1] / 128 == 1;
        var length = rest[1] % 128;
        if (!isMasked || (frame.Opcode >= 8 && (length > 125 || !frame.IsFinal)))
        {
            return (false, false);
        }

        var lengthBytes = length switch { 126 => 2, 127 => 8, _ => 0 };
        if (lengthBytes == 8 && rest.Length > 2 && rest[2] >= 128)
        {
            return (false, false);
        }

        if (rest.Length < 2 + lengthBytes)
        {
            return (false, true);
        }

        frame.Length = lengthBytes == 0 ? (ulong)length : rest[2..(2 + lengthBytes)].Aggregate(0UL, (sum, next) => (sum * 256) + next);
        if ((lengthBytes == 2 && frame.Length < 126) || (lengthBytes == 8 && frame.Length < 65536))
        {
            return (false, false);
        }

        if (rest.Length < 6 + lengthBytes)
        {
            return (false, true);
        }

        frame.Key = rest[(2 + lengthBytes)..(6 + lengthBytes)];
        at += 6 + lengthBytes;
        return (true, true);
    }

    private static string Control(int opcode, byte[] payload, out bool isEnd)
    {
        isEnd = opcode == 8;
        if (!isEnd)
        {
            return Transcript.Control(opcode == 9 ? "ping" : "pong", payload);
        }

        if (payload.Length == 0)
        {
            return Transcript.Close(CloseReason.NoStatus, payload);
        }

        var code = payload.Length == 1 ? 0 : (payload[0] * 256) + payload[1];
        if (!CloseReason.IsSendable(code))
        {
            return Transcript.Violation(CloseReason.ProtocolError);
        }

        return IsUtf8(payload.AsSpan(2), isWhole: true)
            ? Transcript.Close(new CloseReason((ushort)code, Encoding.UTF8.GetString(payload, 2, payload.Length - 2)), payload)
            : Transcript.Violation(CloseReason.InvalidUtf8);
    }

    private static bool IsUtf8(ReadOnlySpan<byte> text, bool isWhole)
    {
        while (!text.IsEmpty)
        {
            switch (Rune.DecodeFromUtf8(text, out _, out var used))
            {
                case System.Buffers.OperationStatus.Done:
                    text = text[used..];
                    break;
                case System.Buffers.OperationStatus.NeedMoreData:
                    return !isWhole;
                default:
                    return false;
            }
        }

        return true;
    }

    private sealed class Frame
    {
        public bool IsFinal { get; set; }

        public int Opcode { get; set; }

        public ulong Length { get; set; }

        public byte[] Key { get; set; } = [];
    }
}
