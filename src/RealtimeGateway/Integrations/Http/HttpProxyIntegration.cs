using System.Globalization;
using System.Net.Http.Headers;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// HTTP_PROXY: sends the message as the body of one request and takes the response's body as the answer. Without mappings the back end
/// is told by <c>x-rg-*</c> headers what AWS would make its author map by hand.
/// </summary>
internal sealed class HttpProxyIntegration : IIntegration
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");
    private static readonly MediaTypeHeaderValue Octets = new("application/octet-stream");

    private readonly BackendClient _client;
    private readonly Uri _uri;
    private readonly HttpMethod _method;
    private readonly TimeSpan _timeout;
    private readonly long _maxResponseBytes;
    private readonly CallSignature? _signature;
    private readonly string _apiId;
    private readonly string _userAgent;

    /// <summary>Compiles an integration whose URI is already expanded and checked.</summary>
    public HttpProxyIntegration(Integration integration, Uri uri, StageIdentity stage, BackendClient client, TimeProvider time)
    {
        _client = client;
        _uri = uri;
        _method = HttpMethod.Parse(integration.Method);
        _timeout = integration.Timeout;
        _maxResponseBytes = integration.MaxResponseBytes;
        _signature = integration.Secret is { } secret ? new CallSignature(secret, time) : null;
        _apiId = stage.ApiId.ToString();
        _userAgent = $"AmazonAPIGateway_{stage.ApiId}";
    }

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        var answer = await _client.SendAsync(MakeRequest(context), _timeout, _maxResponseBytes, cancellationToken);
        if (answer.Status != IntegrationStatus.Answered)
        {
            return IntegrationOutcome.Of(answer.Status);
        }

        return new IntegrationOutcome
        {
            Status = IntegrationStatus.Answered,
            StatusCode = answer.StatusCode,
            Body = answer.Body,
            // An empty body is how HTTP services say that there is nothing to say.
            HasBody = !answer.Body.Memory.IsEmpty,
            IsBinary = answer.ContentType == "application/octet-stream",
            Subprotocol = answer.Headers!.TryGetValues("Sec-WebSocket-Protocol", out var values) ? values.FirstOrDefault() : null,
        };
    }

    private HttpRequestMessage MakeRequest(EventContext context)
    {
        var request = new HttpRequestMessage(_method, TargetOf(context));
        if (context.Upgrade is { } upgrade)
        {
            ForwardedHeaders.CopyTo(request.Headers, upgrade);
        }

        // No body goes with a handshake or its end, and a GET has none.
        if (context.Type == EventType.Message && _method != HttpMethod.Get && _method != HttpMethod.Head)
        {
            request.Content = new ReadOnlyMemoryContent(context.Body) { Headers = { ContentType = context.IsBinary ? Octets : Json } };
        }

        Add(request, "User-Agent", _userAgent);
        Add(request, "x-amzn-apigateway-api-id", _apiId);
        AddEventHeaders(request, context);
        _signature?.AddTo(request, context);
        return request;
    }

    private Uri TargetOf(EventContext context)
    {
        if (context.Upgrade is not { QueryString.Length: > 1 } upgrade)
        {
            return _uri;
        }

        var separator = _uri.Query.Length > 1 ? "&" : "?";
        return new Uri(string.Concat(_uri.GetLeftPart(UriPartial.Query).TrimEnd('?'), separator, upgrade.QueryString.AsSpan(1)));
    }

    private static void AddEventHeaders(HttpRequestMessage request, EventContext context)
    {
        Add(request, "x-rg-connection-id", context.ConnectionId.ToString());
        Add(request, "x-rg-event-type", EventTypeName(context.Type));
        Add(request, "x-rg-route-key", HeaderText.Encode(context.RouteKey));
        Add(request, "x-rg-api-id", context.Stage.ApiId.ToString());
        Add(request, "x-rg-stage", context.Stage.Name);
        Add(request, "x-rg-request-id", context.RequestId.ToString());
        Add(request, "x-rg-domain-name", context.Client.DomainName);
        Add(request, "x-rg-source-ip", context.Client.SourceIp);
        Add(request, "x-rg-connected-at", context.Client.ConnectedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        Add(request, "X-Forwarded-For", context.Client.SourceIp);
        if (context.Type == EventType.Message)
        {
            Add(request, "x-rg-message-id", context.MessageId.ToString());
        }

        if (context.Type == EventType.Disconnect)
        {
            Add(request, "x-rg-disconnect-status-code", context.CloseReason.Code.ToString(CultureInfo.InvariantCulture));
            Add(request, "x-rg-disconnect-reason", HeaderText.Encode(context.CloseReason.Reason));
        }
    }

    private static string EventTypeName(EventType type) => type switch
    {
        EventType.Connect => "CONNECT",
        EventType.Message => "MESSAGE",
        _ => "DISCONNECT",
    };

    private static void Add(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);
}
