using System.Buffers;
using System.Text.Json;

namespace RealtimeGateway.Events;

/// <summary>
/// Writes the JSON event that a Lambda authorizer gets. Other than in the event of <c>$connect</c>, headers of the hop are there and empty maps too.
/// See https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html.
/// </summary>
internal static class AuthorizerEvent
{
    /// <summary>Writes the event of a CONNECT.</summary>
    public static void Write(EventContext context, IBufferWriter<byte> destination)
    {
        var upgrade = context.Upgrade!;
        using var json = new Utf8JsonWriter(destination, ProxyEvent.Options);
        json.WriteStartObject();
        json.WriteString("type"u8, "REQUEST"u8);
        json.WriteString("methodArn"u8, context.Stage.RouteArn(context.RouteKey));
        ProxyEvent.WriteHeaders(json, EventHeaders.OfAuthorizer(upgrade, context.Client));
        ProxyEvent.WriteQuery(json, upgrade);
        ProxyEvent.WriteStageVariables(json, context);
        ProxyEvent.WriteRequestContext(json, context);
        json.WriteEndObject();
    }
}
