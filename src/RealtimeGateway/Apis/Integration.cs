using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>What kind of back end an <see cref="Integration"/> calls.</summary>
public enum IntegrationType
{
    /// <summary>Any HTTP service; the message is the body, and the service's body is the answer.</summary>
    HttpProxy,

    /// <summary>A Lambda function, by the Invoke API; it gets the event and its <c>body</c> is the answer.</summary>
    AwsProxy,

    /// <summary>Nothing: the gateway answers by itself from templates.</summary>
    Mock,
}

/// <summary>A back end that routes can name as their <see cref="Route.Target"/>.</summary>
public sealed record Integration
{
    /// <summary>Names the integration within its API.</summary>
    public required string Id { get; init; }

    /// <summary>What is called.</summary>
    public required IntegrationType Type { get; init; }

    /// <summary>
    /// Where. <see cref="IntegrationType.HttpProxy"/>: an absolute http or https URL. <see cref="IntegrationType.AwsProxy"/>: a function ARN, or
    /// <c>arn:aws:apigateway:{region}:lambda:path/2015-03-31/functions/{function ARN}/invocations</c>. <c>${stageVariables.name}</c> stands for a stage variable.
    /// </summary>
    public string? Uri { get; init; }

    /// <summary>The HTTP method towards an HTTP back end. Default POST.</summary>
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

    /// <summary>
    /// For <see cref="IntegrationType.Mock"/>: what it makes of a message, by key (<c>$default</c>). The result is JSON with a <c>statusCode</c>.
    /// Without templates the status is 200.
    /// </summary>
    public ImmutableSortedDictionary<string, string> RequestTemplates { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>For <see cref="IntegrationType.Mock"/>: what is answered.</summary>
    public ImmutableArray<IntegrationResponse> Responses { get; init; } = [];
}
