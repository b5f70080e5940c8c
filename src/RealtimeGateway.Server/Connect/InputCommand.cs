using System.Buffers.Text;
using System.Globalization;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Server.Connect;

/// <summary>What a line asks for: a message, or one of the commands that start with a slash.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Payload">The bytes to send.</param>
/// <param name="Close">For <see cref="InputKind.Close"/>: code and reason.</param>
/// <param name="Text">For <see cref="InputKind.File"/> the path, for <see cref="InputKind.Wrong"/> what is wrong.</param>
internal sealed record InputCommand(InputKind Kind, byte[] Payload, CloseReason Close, string Text)
{
    /// <summary>What can be typed.</summary>
    public const string Help = """
        TEXT                  sends TEXT as a text message; //TEXT sends one that starts with a slash
        /ping [TEXT]          sends a ping
        /close [CODE REASON]  closes the connection; 1000 unless a code is given
        /binary BASE64        sends a binary message
        /file PATH            sends the content of a file: as text if it is UTF-8, else as binary
        /quit                 closes the connection and leaves (also Ctrl+D)
        /help                 prints this
        """;

    /// <summary>Reads a line.</summary>
    public static InputCommand Parse(string line)
    {
        if (!line.StartsWith('/'))
        {
            return Of(InputKind.Message, Encoding.UTF8.GetBytes(line));
        }

        if (line.StartsWith("//", StringComparison.Ordinal))
        {
            return Of(InputKind.Message, Encoding.UTF8.GetBytes(line[1..]));
        }

        var space = line.IndexOf(' ', StringComparison.Ordinal);
        var (name, rest) = space < 0 ? (line, "") : (line[..space], line[(space + 1)..].Trim());
        return name switch
        {
            "/ping" => Ping(rest),
            "/close" => ParseClose(rest),
            "/binary" => Binary(rest),
            "/file" => rest.Length > 0 ? Of(InputKind.File) with { Text = rest } : Wrong("/file needs a path"),
            "/quit" or "/exit" => Of(InputKind.Quit),
            "/help" or "/?" => Of(InputKind.Help),
            _ => Wrong($"there is no command {name}; /help lists them, //{line[1..]} sends it as a message"),
        };
    }

    private static InputCommand Ping(string text)
    {
        var payload = Encoding.UTF8.GetBytes(text);
        return payload.Length <= FrameHeader.MaxControlPayload ? Of(InputKind.Ping, payload) : Wrong($"a ping holds at most {FrameHeader.MaxControlPayload} bytes");
    }

    private static InputCommand ParseClose(string rest)
    {
        if (rest.Length == 0)
        {
            return Of(InputKind.Close) with { Close = new(1000, "") };
        }

        var space = rest.IndexOf(' ', StringComparison.Ordinal);
        var (code, reason) = space < 0 ? (rest, "") : (rest[..space], rest[(space + 1)..].Trim());
        return !int.TryParse(code, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || !CloseReason.IsSendable(number)
            ? Wrong($"'{code}' is no close code; possible are 1000 to 1003, 1007 to 1014 and 3000 to 4999")
            : Encoding.UTF8.GetByteCount(reason) > FrameWriter.MaxCloseReason
            ? Wrong($"a reason holds at most {FrameWriter.MaxCloseReason} bytes")
            : Of(InputKind.Close) with { Close = new((ushort)number, reason) };
    }

    private static InputCommand Binary(string text)
    {
        var payload = new byte[Base64.GetMaxDecodedFromUtf8Length(text.Length)];
        return Convert.TryFromBase64String(text, payload, out var length)
            ? Of(InputKind.Binary, payload[..length])
            : Wrong("/binary needs base64");
    }

    private static InputCommand Of(InputKind kind, byte[]? payload = null) => new(kind, payload ?? [], default, "");

    private static InputCommand Wrong(string text) => Of(InputKind.Wrong) with { Text = text };
}

/// <summary>The kinds of <see cref="InputCommand"/>.</summary>
internal enum InputKind
{
    /// <summary>Send a text message.</summary>
    Message,

    /// <summary>Send a binary message.</summary>
    Binary,

    /// <summary>Send a file.</summary>
    File,

    /// <summary>Send a ping.</summary>
    Ping,

    /// <summary>Close the connection.</summary>
    Close,

    /// <summary>Close the connection and leave.</summary>
    Quit,

    /// <summary>Print what can be typed.</summary>
    Help,

    /// <summary>Nothing: the line is wrong.</summary>
    Wrong,
}
