using System.Globalization;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Server.Client;
using RealtimeGateway.Transports.WebSockets;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace RealtimeGateway.Server.Connect;

/// <summary>A terminal with what came above, and one line at the bottom that is being edited.</summary>
internal sealed class Terminal(IAnsiConsole console, TimeProvider time) : IFrameOutput
{
    private const string Prompt = "> ";
    private const string ClearLine = "\r\u001b[2K";
    private const int MaxHexBytes = 256;

    private readonly Palette _palette = new(console.Profile.Capabilities.Ansi && console.Profile.Capabilities.ColorSystem != ColorSystem.NoColors);
    private readonly Lock _gate = new();
    private LineBuffer? _line;

    /// <summary>Shows a line at the bottom from now on; <see langword="null"/>: none.</summary>
    public void Show(LineBuffer? line)
    {
        lock (_gate)
        {
            _line = line;
            Redraw();
        }
    }

    /// <summary>Leaves the line that was entered where it stands, and goes on below it.</summary>
    public void Enter()
    {
        lock (_gate)
        {
            Raw(ClearLine);
            if (_line is { Text.Length: > 0 })
            {
                Print($"{Now()} {_palette.Bold(">")} {Printable.Lines(_line.Text)}");
            }
        }
    }

    /// <inheritdoc/>
    public void Opened(Uri url, string? subprotocol) => Event(
        _palette.Green("connected"), $"to {url}{(subprotocol is null ? "" : $" with subprotocol {subprotocol}")}; /help tells what can be typed");

    /// <inheritdoc/>
    public void Refused(HandshakeRefusal refusal) =>
        Event(_palette.Red("refused:"), string.Create(CultureInfo.InvariantCulture, $"{refusal.Status} {refusal.Reason} {refusal.Body}"));

    /// <inheritdoc/>
    public void Came(Received received)
    {
        var payload = received.Payload.Span;
        switch (received.Opcode)
        {
            case Opcode.Text:
                Above($"{Now()} {_palette.Green("<")} {JsonView.Of(payload, _palette) ?? Printable.Lines(Encoding.UTF8.GetString(payload))}");
                break;
            case Opcode.Binary:
                var shown = payload[..Math.Min(payload.Length, MaxHexBytes)];
                var length = string.Create(CultureInfo.InvariantCulture, $"binary, {payload.Length} bytes:");
                Above($"{Now()} {_palette.Green("<")} {_palette.Yellow(length)} {Convert.ToHexStringLower(shown)}{(shown.Length < payload.Length ? "…" : "")}");
                break;
            default:
                Event(_palette.Grey(received.Opcode == Opcode.Ping ? "ping" : "pong"), Encoding.UTF8.GetString(payload));
                break;
        }
    }

    /// <inheritdoc/>
    public void Closed(CloseReason reason, bool byServer)
    {
        var what = byServer ? "closed by the server:" : "closed:";
        Event(reason.Code == 1000 ? _palette.Green(what) : _palette.Red(what), string.Create(CultureInfo.InvariantCulture, $"{reason.Code} {reason.Reason}"));
    }

    /// <inheritdoc/>
    public void Sent(string what) => Event(_palette.Grey(what), "");

    /// <inheritdoc/>
    public void Complain(string message) => Event(_palette.Red(Printable.OneLine(message)), "");

    /// <inheritdoc/>
    public void Tell(string text) => Above(text);

    private void Event(string what, string more) => Above($"{Now()} * {what} {Printable.OneLine(more)}".TrimEnd());

    private void Above(string text)
    {
        lock (_gate)
        {
            Raw(ClearLine);
            Print(text);
            Redraw();
        }
    }

    // Not through the console's own layout, which would cut a long line into several and spoil what is copied from it.
    private static void Print(string text) => Raw(text.Replace("\n", Environment.NewLine, StringComparison.Ordinal) + Environment.NewLine);

    private void Redraw()
    {
        if (_line is null)
        {
            Raw(ClearLine);
            return;
        }

        var (shown, behindCursor) = Window(_line, Math.Max(10, console.Profile.Width - Prompt.Length - 1));
        Raw(ClearLine + _palette.Bold(Prompt) + shown + (behindCursor > 0 ? string.Create(CultureInfo.InvariantCulture, $"\u001b[{behindCursor}D") : ""));
    }

    /// <summary>The part of the line around the cursor that fits, and how many columns of it are behind the cursor.</summary>
    private static (string Shown, int BehindCursor) Window(LineBuffer line, int columns)
    {
        var before = Elements(line.Text[..line.Cursor]);
        var after = Elements(line.Text[line.Cursor..]);
        var start = before.Count;
        for (var width = 0; start > 0 && (width += Width(before[start - 1])) <= columns;)
        {
            start--;
        }

        var head = string.Concat(before.Skip(start));
        var room = columns - Width(head);
        var tail = string.Concat(after.TakeWhile(element => (room -= Width(element)) >= 0));
        return (head + tail, Width(tail));
    }

    private static List<string> Elements(string text)
    {
        var elements = new List<string>();
        var enumerator = StringInfo.GetTextElementEnumerator(text);
        while (enumerator.MoveNext())
        {
            var element = enumerator.GetTextElement();
            elements.Add(element is "\n" or "\r\n" or "\r" ? "↵" : element == "\t" ? " " : Printable.OneLine(element));
        }

        return elements;
    }

    private static int Width(string text) => text.Length == 0 ? 0 : new Segment(text).CellCount();

    private string Now() => _palette.Grey(time.GetLocalNow().ToString("HH:mm:ss.fff", CultureInfo.InvariantCulture));

    private static void Raw(string text) => Console.Out.Write(text);
}
