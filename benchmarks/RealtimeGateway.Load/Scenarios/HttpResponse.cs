using System.Buffers.Text;
using System.Text;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>As much of RFC 9112 as it takes to find the end of an answer and its status.</summary>
internal static class HttpResponse
{
    /// <summary>The length of the whole response at the front; 0 when it is not whole yet, -1 when it is none.</summary>
    public static int TryMeasure(ReadOnlySpan<byte> bytes, out int status)
    {
        status = 0;
        var head = bytes.IndexOf("\r\n\r\n"u8);
        if (head < 0)
        {
            return 0;
        }

        if (!bytes.StartsWith("HTTP/1.1 "u8) || !Utf8Parser.TryParse(bytes[9..], out status, out _))
        {
            return -1;
        }

        var body = head + 4;
        if (status is 204 or 304)
        {
            return body;
        }

        if (TryFindHeader(bytes[..head], "content-length"u8, out var text))
        {
            return !Utf8Parser.TryParse(text, out int length, out _) ? -1 : bytes.Length - body >= length ? body + length : 0;
        }

        return TryFindHeader(bytes[..head], "transfer-encoding"u8, out _) ? MeasureChunks(bytes, body) : -1;
    }

    /// <summary>Whether the server will not take another request on this connection.</summary>
    public static bool SaysClose(ReadOnlySpan<byte> response) =>
        TryFindHeader(response[..response.IndexOf("\r\n\r\n"u8)], "connection"u8, out var value) && Ascii.EqualsIgnoreCase(value, "close"u8);

    private static int MeasureChunks(ReadOnlySpan<byte> bytes, int at)
    {
        while (true)
        {
            var line = bytes[at..].IndexOf("\r\n"u8);
            if (line < 0)
            {
                return 0;
            }

            if (!Utf8Parser.TryParse(bytes[at..], out int size, out _, 'x') || size < 0)
            {
                return -1;
            }

            // Trailers are not expected of an API that answers nothing or a line of JSON.
            at += line + 2 + size + 2;
            if (at > bytes.Length)
            {
                return 0;
            }

            if (size == 0)
            {
                return at;
            }
        }
    }

    private static bool TryFindHeader(ReadOnlySpan<byte> head, ReadOnlySpan<byte> name, out ReadOnlySpan<byte> value)
    {
        while (head.IndexOf("\r\n"u8) is var end and >= 0)
        {
            head = head[(end + 2)..];
            if (head.Length > name.Length && head[name.Length] == (byte)':' && Ascii.EqualsIgnoreCase(head[..name.Length], name))
            {
                value = head[(name.Length + 1)..];
                var stop = value.IndexOf("\r\n"u8);
                value = stop < 0 ? value : value[..stop];
                value = value[Ascii.Trim(value)];
                return true;
            }
        }

        value = default;
        return false;
    }
}
