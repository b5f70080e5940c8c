using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>The body of a POST to all: the message alone, or with the ids of all as <c>{"connectionIds": […], "data": "message"}</c>.</summary>
internal sealed class FanOutBody
{
    private readonly MessageTemplate _template;
    private readonly byte[] _body;
    private readonly int _stampAt;

    /// <param name="template">The message; with a stamp.</param>
    /// <param name="ids">Whom it is for; <see langword="null"/>: the server knows.</param>
    public FanOutBody(MessageTemplate template, IReadOnlyCollection<string>? ids)
    {
        _template = template;
        var message = template.Payload(0);
        if (ids is null)
        {
            _body = message.ToArray();
        }
        else
        {
            var data = JsonEncodedText.Encode(message, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).ToString();
            _body = Encoding.UTF8.GetBytes($$"""{"connectionIds":["{{string.Join("\",\"", ids)}}"],"data":"{{data}}"}""");
        }

        _stampAt = _body.AsSpan().LastIndexOf(MessageTemplate.Marker);
    }

    public int Length => _body.Length;

    /// <summary>The body with this stamp; good until the next call.</summary>
    public ReadOnlySpan<byte> Of(long stamp)
    {
        // The stamp is of characters that JSON leaves as they are.
        var message = _template.Payload(stamp);
        message.Slice(message.LastIndexOf(MessageTemplate.Marker), MessageTemplate.StampBytes).CopyTo(_body.AsSpan(_stampAt));
        return _body;
    }
}
