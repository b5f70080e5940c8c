using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>A back end that routes can name as their <see cref="Route.Target"/>.</summary>
/// <remarks>https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-integrations.html</remarks>
public sealed record Integration
{
    /// <summary>Names the integration within its API.</summary>
    public required string Id { get; init; }

    /// <summary>What is called, and whether the gateway shapes request and answer.</summary>
    public required IntegrationType Type { get; init; }

    /// <summary>
    /// Where. HTTP types: an absolute http or https URL; <c>{name}</c> in its path is filled by <c>integration.request.path.{name}</c>. Lambda: a function ARN,
    /// or <c>arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations</c>. Other AWS services:
    /// <c>arn:aws:apigateway:{region}:{service}:action/{name}</c> or <c>…:path/{path}</c>. <c>${stageVariables.name}</c> stands for a stage variable.
    /// </summary>
    public string? Uri { get; init; }

    /// <summary>The HTTP method towards HTTP back ends and AWS services. Default POST.</summary>
    public string Method { get; init; } = "POST";

    /// <summary>How long the back end may take: 50 ms to 29 s on Amazon API Gateway; here up to 15 minutes. Default 29 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(29_000);

    /// <summary>The largest answer taken from the back end, in bytes. Default 6 MiB; a bigger one counts as a failure.</summary>
    public long MaxResponseBytes { get; init; } = 6 * 1024 * 1024;

    /// <summary>
    /// A secret shared with an HTTP back end. When set, each call carries <c>x-rg-timestamp</c> and <c>x-rg-signature</c>, an HMAC-SHA256 over
    /// request id, time and body.
    /// </summary>
    public string? Secret { get; init; }

    /// <summary>The role that is assumed for calls to AWS; null: the gateway's own credentials.</summary>
    public string? CredentialsArn { get; init; }

    /// <summary>
    /// What goes into the request, from <c>integration.request.{header|querystring|path}.{name}</c> to a source such as <c>context.connectionId</c>
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html).
    /// </summary>
    public ImmutableSortedDictionary<string, string> RequestParameters { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The mapping templates of the request, by the key that <see cref="TemplateSelectionExpression"/> yields, or <c>$default</c>. Non-proxy types only.</summary>
    public ImmutableSortedDictionary<string, string> RequestTemplates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>Which of the <see cref="RequestTemplates"/> is used. Default: <c>$default</c>.</summary>
    public string? TemplateSelectionExpression { get; init; }

    /// <summary>What becomes of a message that no template takes. Default <see cref="PassthroughBehavior.WhenNoMatch"/>.</summary>
    public PassthroughBehavior PassthroughBehavior { get; init; }

    /// <summary>Whether the request's body is converted between base64 text and bytes. Default: as it is.</summary>
    public ContentHandling ContentHandling { get; init; }

    /// <summary>How answers are shaped, by key. Non-proxy types only; without any the answer is passed on as it is.</summary>
    public ImmutableArray<IntegrationResponse> Responses { get; init; } = [];
}
