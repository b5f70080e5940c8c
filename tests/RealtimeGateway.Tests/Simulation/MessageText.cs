using System.Buffers.Text;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>What simulated callers send: <c>&lt;17&gt;</c> is message 17. Found again in whatever it is wrapped in.</summary>
internal static class MessageText
{
    /// <summary>The payload of a message.</summary>
    public static byte[] Write(long message) => Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"<{message}>"));

    /// <summary>The message of a payload.</summary>
    public static long Read(ReadOnlySpan<byte> payload) => Utf8Parser.TryParse(payload[1..], out long message, out _) ? message : -1;

    /// <summary>Every message in a batch.</summary>
    public static void ForEach(ReadOnlySpan<byte> batch, Action<long> found)
    {
        for (var start = batch.IndexOf((byte)'<'); start >= 0; start = batch.IndexOf((byte)'<'))
        {
            batch = batch[(start + 1)..];
            if (Utf8Parser.TryParse(batch, out long message, out var length) && length < batch.Length && batch[length] == '>')
            {
                found(message);
            }
        }
    }
}
