using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Fuzz.Frames;

/// <summary>What a <see cref="MessageReader"/> says about a stream, a line for each event.</summary>
internal static class Transcript
{
    /// <exception cref="FuzzFindingException">The reader left bytes behind, or held more memory than it may.</exception>
    public static List<string> Read(byte[] stream, MessageReaderLimits limits, Chunking chunking)
    {
        var events = new List<string>();
        using var reader = new MessageReader(limits);
        long arrived = 0;
        foreach (var read in chunking.Cut(stream))
        {
            var input = read;
            arrived += read.Length;
            while (reader.Read(ref input) is var status and not ReadStatus.NeedMore)
            {
                events.Add(Describe(reader, status));
            }

            Check(input.IsEmpty, "Bytes were left although more are needed.");
            Check(reader.IsInsideMessage || reader.HeldBytes == 0, "Memory is held between messages.");
            Check(reader.HeldBytes <= (4 * arrived) + 16, "Memory was taken by announcement.");
        }

        reader.Dispose();
        Check(reader.HeldBytes == 0, "Memory is held after the end.");
        return events;
    }

    public static string Message(bool isBinary, ReadOnlySpan<byte> bytes) =>
        (isBinary ? "binary " : "text ") + Convert.ToHexString(bytes);

    public static string Control(string kind, ReadOnlySpan<byte> payload) => kind + ' ' + Convert.ToHexString(payload);

    public static string Close(CloseReason reason, ReadOnlySpan<byte> payload) => $"close {reason.Code} {reason.Reason} {Convert.ToHexString(payload)}";

    public static string Violation(CloseReason reason) => $"violation {reason.Code} {reason.Reason}";

    private static string Describe(MessageReader reader, ReadStatus status)
    {
        switch (status)
        {
            case ReadStatus.Message:
                var message = reader.TakeMessage();
                var text = Message(message.IsBinary, message.Span);
                message.Return();
                return text;
            case ReadStatus.Ping:
                return Control("ping", reader.ControlPayload);
            case ReadStatus.Pong:
                return Control("pong", reader.ControlPayload);
            case ReadStatus.Close:
                return Close(reader.PeerClose, reader.ControlPayload);
            case ReadStatus.Violation:
                return Violation(reader.Violation);
            default:
                throw new FuzzFindingException($"{status} is no event.");
        }
    }

    private static void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            throw new FuzzFindingException(otherwise);
        }
    }
}
