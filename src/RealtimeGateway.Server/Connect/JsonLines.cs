using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Server.Connect;

/// <summary>
/// Prints each event as one JSON object on a line: <c>type</c> is <c>open</c>, <c>refused</c>, <c>text</c>, <c>binary</c>, <c>ping</c>, <c>pong</c>,
/// <c>close</c> or <c>error</c>; <c>time</c> is ISO 8601 in UTC.
/// </summary>
internal sealed class JsonLines(TextWriter output, TimeProvider time) : IFrameOutput
{
    private static readonly JsonSerializerOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    private readonly Lock _gate = new();

    /// <inheritdoc/>
    public void Opened(Uri url, string? subprotocol)
    {
        var line = new JsonObject { ["url"] = url.AbsoluteUri };
        if (subprotocol is not null)
        {
            line["subprotocol"] = subprotocol;
        }

        Print("open", line);
    }

    /// <inheritdoc/>
    public void Refused(HandshakeRefusal refusal) => Print("refused", new JsonObject { ["status"] = refusal.Status, ["reason"] = refusal.Reason, ["body"] = refusal.Body });

    /// <inheritdoc/>
    public void Came(Received received)
    {
        var payload = received.Payload.Span;
        Print(
            received.Opcode switch { Opcode.Text => "text", Opcode.Binary => "binary", Opcode.Ping => "ping", _ => "pong" },
            received.Opcode == Opcode.Binary
                ? new JsonObject { ["base64"] = Convert.ToBase64String(payload) }
                : new JsonObject { ["data"] = Encoding.UTF8.GetString(payload) });
    }

    /// <inheritdoc/>
    public void Closed(CloseReason reason, bool byServer) => Print("close", new JsonObject { ["code"] = reason.Code, ["reason"] = reason.Reason, ["by"] = byServer ? "server" : "client" });

    /// <inheritdoc/>
    public void Sent(string what)
    {
        // A program knows what it sent.
    }

    /// <inheritdoc/>
    public void Complain(string message) => Print("error", new JsonObject { ["message"] = message });

    /// <inheritdoc/>
    public void Tell(string text) => Print("help", new JsonObject { ["text"] = text });

    private void Print(string type, JsonObject line)
    {
        line.Insert(0, "time", time.GetUtcNow().UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));
        line.Insert(1, "type", type);
        lock (_gate)
        {
            output.Write(line.ToJsonString(Options) + "\n");
            output.Flush();
        }
    }
}
