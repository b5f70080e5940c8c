using System.Net.Http.Headers;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations.Aws;

/// <summary>AWS: calls an action or a path of any AWS service, signed; request and answer are shaped by templates.</summary>
internal sealed class AwsServiceIntegration : IIntegration
{
    private readonly AwsService _service;
    private readonly AwsTarget _target;
    private readonly string _url;
    private readonly HttpMethod _method;
    private readonly RequestShape _request;
    private readonly ResponseShapes _responses;
    private readonly AwsClient _client;
    private readonly string _userAgent;

    /// <summary>Compiles an integration.</summary>
    /// <exception cref="FormatException">An environment variable for the endpoint holds no URL.</exception>
    public AwsServiceIntegration(
        Integration integration, AwsService service, RequestShape request, ResponseShapes responses, StageIdentity stage, IntegrationResources resources)
    {
        _service = service;
        _url = service.UrlFrom(resources.Endpoints, out var mayBeUnsigned);
        _target = new AwsTarget(
            service.Service, service.Region, integration.CredentialsArn, mayBeUnsigned, integration.Timeout, integration.MaxResponseBytes);
        _method = HttpMethod.Parse(integration.Method);
        _request = request;
        QuickBytes = request.QuickBytes;
        _responses = responses;
        _client = resources.Aws;
        _userAgent = $"AmazonAPIGateway_{stage.ApiId}";
    }

    /// <inheritdoc/>
    public int QuickBytes { get; }

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        using var body = new PooledBufferWriter();
        if (_request.Make(context, out var parts, body) is { } failure)
        {
            return IntegrationOutcome.Of(failure);
        }

        var answer = await _client.SendAsync(MakeRequest(parts, body.WrittenMemory), body.WrittenMemory, _target, context.Trace, cancellationToken);
        if (answer.Status != IntegrationStatus.Answered)
        {
            return IntegrationOutcome.Of(answer.Status);
        }

        if (_responses.IsEmpty)
        {
            return answer.PassOn();
        }

        using (answer)
        {
            await HandOver.WhenLong(answer.Body.Memory.Length, _responses.QuickBytes);
            context.Answer = new IntegrationAnswer(answer.StatusCode, answer.Body.Memory, answer.Headers);
            return _responses.Apply(context, ResponseShapes.StatusSelector(answer.StatusCode));
        }
    }

    private HttpRequestMessage MakeRequest(RequestParts parts, ReadOnlyMemory<byte> body)
    {
        var request = new HttpRequestMessage(_method, parts.ApplyTo(_url, default));
        if (_method != HttpMethod.Get && _method != HttpMethod.Head)
        {
            var contentType = _service is { TargetPrefix: not null, Action: not null } ? "application/x-amz-json-1.0" : "application/json";
            request.Content = new ReadOnlyMemoryContent(body) { Headers = { ContentType = new MediaTypeHeaderValue(contentType) } };
        }

        request.Headers.TryAddWithoutValidation("User-Agent", _userAgent);
        if (_service is { TargetPrefix: { } prefix, Action: { } action })
        {
            request.Headers.TryAddWithoutValidation("X-Amz-Target", $"{prefix}.{action}");
        }

        MappedHeaders.CopyTo(request, parts);
        return request;
    }
}
