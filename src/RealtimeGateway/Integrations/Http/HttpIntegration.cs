using System.Globalization;
using System.Runtime.CompilerServices;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// HTTP_PROXY sends the message as the body of one request and takes the response's body as the answer; HTTP shapes both by templates.
/// Without parameter mappings the back end is told by <c>x-rg-*</c> headers what AWS would make its author map by hand.
/// </summary>
internal sealed class HttpIntegration : IIntegration
{
    private readonly BackendClient _client;
    private readonly TraceIds _traces;
    private readonly string _url;
    private readonly Uri? _fixedUri;
    private readonly HttpMethod _method;
    private readonly TimeSpan _timeout;
    private readonly long _maxResponseBytes;
    private readonly CallSignature? _signature;
    private readonly string _apiId;
    private readonly string _userAgent;
    private readonly bool _isBinary;
    private readonly RequestShape _request;
    private readonly ResponseShapes? _responses;
    private PortText _lastPort = new(0);

    /// <summary>Compiles an integration.</summary>
    /// <param name="integration">What was written.</param>
    /// <param name="url">Its URL with stage variables put in; checked.</param>
    /// <param name="request">The shape of its requests.</param>
    /// <param name="responses">The shapes of its answers; null for a proxy.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="resources">What integrations share.</param>
    public HttpIntegration(
        Integration integration, string url, RequestShape request, ResponseShapes? responses, StageIdentity stage, IntegrationResources resources)
    {
        _client = resources.Client;
        _traces = resources.Traces;
        _url = url;
        _fixedUri = request.HasMappings ? null : new Uri(url);
        _method = HttpMethod.Parse(integration.Method);
        _timeout = integration.Timeout;
        _maxResponseBytes = integration.MaxResponseBytes;
        _signature = integration.Secret is { } secret ? new CallSignature(secret, resources.Time) : null;
        _apiId = stage.ApiId.ToString();
        _userAgent = $"AmazonAPIGateway_{stage.ApiId}";
        _isBinary = integration.ContentHandling == ContentHandling.ConvertToBinary;
        _request = request;
        QuickBytes = request.QuickBytes;
        _responses = responses;
    }

    /// <inheritdoc/>
    public int QuickBytes { get; }

    /// <inheritdoc/>
    public ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken) => _request.IsMessageAsItIs
        ? SendAsync(context, RequestParts.None, context.Body, cancellationToken)
        : ShapeAndSendAsync(context, cancellationToken);

    private async ValueTask<IntegrationOutcome> ShapeAndSendAsync(EventContext context, CancellationToken cancellationToken)
    {
        using var body = new PooledBufferWriter();
        return _request.Make(context, out var parts, body) is { } failure
            ? IntegrationOutcome.Of(failure)
            : await SendAsync(context, parts, body.WrittenMemory, cancellationToken);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<IntegrationOutcome> SendAsync(
        EventContext context, RequestParts parts, ReadOnlyMemory<byte> body, CancellationToken cancellationToken)
    {
        var answer = await _client.SendAsync(
            MakeRequest(context, parts, body), _timeout, _maxResponseBytes, context.Trace, body, cancellationToken);
        if (answer.Status != IntegrationStatus.Answered)
        {
            return IntegrationOutcome.Of(answer.Status);
        }

        if (_responses is { IsEmpty: false })
        {
            using (answer)
            {
                await HandOver.WhenLong(answer.Body.Memory.Length, _responses.QuickBytes);
                context.Answer = new IntegrationAnswer(answer.StatusCode, answer.Body.Memory, answer.Headers);
                return _responses.Apply(context, ResponseShapes.StatusSelector(answer.StatusCode));
            }
        }

        return answer.PassOn();
    }

    private HttpRequestMessage MakeRequest(EventContext context, RequestParts parts, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(_method, TargetOf(context, parts));
        if (context.Upgrade is { } upgrade)
        {
            ForwardedHeaders.CopyTo(request.Headers, upgrade);
        }
        else
        {
            Add(request, "X-Amzn-Trace-Id", _traces.Next());
            Add(request, "X-Forwarded-Port", PortOf(context.Client));
            Add(request, "X-Forwarded-Proto", context.Client.Scheme);
        }

        // No body goes with a handshake or its end unless a template made one, and a GET has none.
        var hasBody = (context.Type == EventType.Message || !body.IsEmpty) && _method != HttpMethod.Get && _method != HttpMethod.Head;
        if (hasBody)
        {
            request.Content = new ReadOnlyMemoryContent(body);
            _ = request.Content.Headers.TryAddWithoutValidation("Content-Type", context.IsBinary || _isBinary ? "application/octet-stream" : "application/json");
        }

        Add(request, "User-Agent", _userAgent);
        Add(request, "x-amzn-apigateway-api-id", _apiId);
        Add(request, "X-Forwarded-For", context.Client.SourceIp);
        if (!_request.HasMappings)
        {
            AddEventHeaders(request, context);
        }

        _signature?.AddTo(request, context, hasBody ? body.Span : default);
        MappedHeaders.CopyTo(request, parts);
        return request;
    }

    private Uri TargetOf(EventContext context, RequestParts parts)
    {
        var query = context.Upgrade is { QueryString.Length: > 1 } upgrade && !_request.HasMappings ? upgrade.QueryString.AsSpan(1) : default;
        return _fixedUri is not null && query.IsEmpty ? _fixedUri : new Uri(parts.ApplyTo(_url, query));
    }

    /// <summary>Clients come by the same port, if not by the same few: the last one's text is kept.</summary>
    private string PortOf(ClientIdentity client)
    {
        var last = _lastPort;
        if (last.Port != client.Port)
        {
            _lastPort = last = new PortText(client.Port);
        }

        return last.Text;
    }

    private static void AddEventHeaders(HttpRequestMessage request, EventContext context)
    {
        Add(request, "x-rg-connection-id", context.ConnectionId.ToString());
        Add(request, "x-rg-event-type", EventTypes.Name(context.Type));
        Add(request, "x-rg-route-key", HeaderText.Encode(context.RouteKey));
        Add(request, "x-rg-api-id", context.Stage.ApiId.ToString());
        Add(request, "x-rg-stage", context.Stage.Name);
        Add(request, "x-rg-request-id", context.RequestId.ToString());
        Add(request, "x-rg-domain-name", context.Client.DomainName);
        Add(request, "x-rg-source-ip", context.Client.SourceIp);
        Add(request, "x-rg-connected-at", context.Client.ConnectedAt.ToUnixTimeMilliseconds().ToString(CultureInfo.InvariantCulture));
        if (context.Client.Authorizer?.PrincipalId is { } principal)
        {
            Add(request, "x-rg-principal-id", HeaderText.Encode(principal));
        }

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

    private static void Add(HttpRequestMessage request, string name, string value) => request.Headers.TryAddWithoutValidation(name, value);

    private sealed class PortText(int port)
    {
        public int Port => port;

        public string Text { get; } = port.ToString(CultureInfo.InvariantCulture);
    }
}
