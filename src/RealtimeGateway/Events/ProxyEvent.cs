using System.Buffers;
using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using Microsoft.Extensions.Primitives;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>
/// Writes the JSON event that a Lambda function gets, member for member as Amazon API Gateway does. What is absent there is absent here.
/// See https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations-request.html.
/// </summary>
internal static class ProxyEvent
{
    /// <summary>The form of <c>requestTime</c>.</summary>
    public const string RequestTimeFormat = "dd/MMM/yyyy:HH:mm:ss +0000";

    /// <summary>How events are written.</summary>
    public static JsonWriterOptions Options { get; } = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping, SkipValidation = true };

    /// <summary>Writes the event.</summary>
    public static void Write(EventContext context, IBufferWriter<byte> destination)
    {
        using var json = new Utf8JsonWriter(destination, Options);
        json.WriteStartObject();
        if (context.Type == EventType.Connect && context.Upgrade is { } upgrade)
        {
            WriteHeaders(json, EventHeaders.OfUpgrade(upgrade, context.Client));
            if (upgrade.Query.Count > 0)
            {
                WriteQuery(json, upgrade);
            }
        }
        else if (context.Type == EventType.Disconnect)
        {
            WriteHeaders(json, EventHeaders.OfDisconnect(context.Client));
        }

        if (!context.Stage.Variables.IsEmpty)
        {
            WriteStageVariables(json, context);
        }

        WriteRequestContext(json, context);
        if (context.Type == EventType.Message)
        {
            WriteBody(json, context);
        }

        json.WriteBoolean("isBase64Encoded"u8, context.IsBinary);
        json.WriteEndObject();
    }

    /// <summary>Writes <c>headers</c> and <c>multiValueHeaders</c>.</summary>
    public static void WriteHeaders(Utf8JsonWriter json, List<KeyValuePair<string, StringValues>> headers)
    {
        json.WriteStartObject("headers"u8);
        foreach (var (name, values) in headers)
        {
            json.WriteString(name, values[^1]);
        }

        json.WriteEndObject();
        json.WriteStartObject("multiValueHeaders"u8);
        foreach (var (name, values) in headers)
        {
            WriteArray(json, name, values);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes the two maps of query parameters, empty ones too.</summary>
    public static void WriteQuery(Utf8JsonWriter json, UpgradeRequest upgrade)
    {
        json.WriteStartObject("queryStringParameters"u8);
        foreach (var (name, values) in upgrade.Query)
        {
            json.WriteString(name, values[^1]);
        }

        json.WriteEndObject();
        json.WriteStartObject("multiValueQueryStringParameters"u8);
        foreach (var (name, values) in upgrade.Query)
        {
            WriteArray(json, name, values);
        }

        json.WriteEndObject();
    }

    private static void WriteArray(Utf8JsonWriter json, string name, StringValues values)
    {
        json.WriteStartArray(name);
        foreach (var value in values)
        {
            json.WriteStringValue(value);
        }

        json.WriteEndArray();
    }

    /// <summary>Writes <c>stageVariables</c>, empty ones too.</summary>
    public static void WriteStageVariables(Utf8JsonWriter json, EventContext context)
    {
        json.WriteStartObject("stageVariables"u8);
        foreach (var (name, value) in context.Stage.Variables)
        {
            json.WriteString(name, value);
        }

        json.WriteEndObject();
    }

    /// <summary>Writes <c>requestContext</c>.</summary>
    public static void WriteRequestContext(Utf8JsonWriter json, EventContext context)
    {
        Span<byte> id = stackalloc byte[ConnectionId.TextLength];
        _ = context.RequestId.TryFormat(id, out var requestIdLength);
        var requestId = id[..requestIdLength];

        json.WriteStartObject("requestContext"u8);
        json.WriteString("routeKey"u8, context.RouteKey);
        WriteAuthorizer(json, context);
        if (context.Type == EventType.Message)
        {
            json.WriteString("messageId"u8, context.MessageId.ToString());
        }
        else if (context.Type == EventType.Disconnect)
        {
            json.WriteNumber("disconnectStatusCode"u8, context.CloseReason.Code);
        }

        json.WriteString("eventType"u8, EventTypes.Name(context.Type));
        json.WriteString("extendedRequestId"u8, requestId);
        json.WriteString("requestTime"u8, context.RequestTime.UtcDateTime.ToString(RequestTimeFormat, CultureInfo.InvariantCulture));
        json.WriteString("messageDirection"u8, "IN"u8);
        if (context.Type == EventType.Disconnect)
        {
            json.WriteString("disconnectReason"u8, context.CloseReason.Reason);
        }

        json.WriteString("stage"u8, context.Stage.Name);
        json.WriteNumber("connectedAt"u8, context.Client.ConnectedAt.ToUnixTimeMilliseconds());
        json.WriteNumber("requestTimeEpoch"u8, context.RequestTime.ToUnixTimeMilliseconds());
        WriteIdentity(json, context.Client);
        json.WriteString("requestId"u8, requestId);
        json.WriteString("domainName"u8, context.Client.DomainName);
        json.WriteString("connectionId"u8, context.ConnectionId.ToString());
        json.WriteString("apiId"u8, context.Stage.ApiId.ToString());
        json.WriteEndObject();
    }

    private static void WriteAuthorizer(Utf8JsonWriter json, EventContext context)
    {
        if (context.Client.Authorizer is not { } authorizer)
        {
            return;
        }

        json.WriteStartObject("authorizer"u8);
        if (authorizer.PrincipalId is { } principal)
        {
            json.WriteString("principalId"u8, principal);
        }

        foreach (var (name, value) in authorizer.Values)
        {
            json.WriteString(name, value);
        }

        if (context.Type == EventType.Connect && context.AuthorizerLatencyMilliseconds is { } latency)
        {
            json.WriteNumber("integrationLatency"u8, latency);
        }

        json.WriteEndObject();
    }

    private static void WriteIdentity(Utf8JsonWriter json, ClientIdentity client)
    {
        json.WriteStartObject("identity"u8);
        if (client.Caller is { } caller)
        {
            json.WriteString("accountId"u8, caller.AccountId);
            json.WriteString("caller"u8, caller.AccessKey);
            json.WriteString("user"u8, caller.AccessKey);
            json.WriteString("userArn"u8, caller.UserArn);
            json.WriteString("accessKey"u8, caller.AccessKey);
        }

        if (client.UserAgent is { } userAgent)
        {
            json.WriteString("userAgent"u8, userAgent);
        }

        json.WriteString("sourceIp"u8, client.SourceIp);
        json.WriteEndObject();
    }

    private static void WriteBody(Utf8JsonWriter json, EventContext context)
    {
        if (context.IsBinary)
        {
            json.WriteBase64String("body"u8, context.Body.Span);
        }
        else
        {
            json.WriteString("body"u8, context.Body.Span);
        }
    }
}
