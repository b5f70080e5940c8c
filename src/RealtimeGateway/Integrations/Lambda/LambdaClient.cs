using System.Net.Http.Headers;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>Calls one Lambda function by the Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).</summary>
internal sealed class LambdaClient
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly Uri _uri;
    private readonly AwsTarget _target;
    private readonly AwsClient _client;
    private readonly TraceIds _traces;
    private readonly StageIdentity _stage;

    /// <summary>Prepares calls.</summary>
    /// <exception cref="FormatException">An environment variable for the endpoint holds no URL.</exception>
    public LambdaClient(
        FunctionName function, string? roleArn, TimeSpan timeout, long maxResponseBytes, StageIdentity stage, IntegrationResources resources)
    {
        Function = function;
        var endpoint = resources.Endpoints.Find("LAMBDA", "lambda", function.Region, function.Partition, out var mayBeUnsigned);
        _uri = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/2015-03-31/functions/{Uri.EscapeDataString(function.Arn)}/invocations");
        _target = new AwsTarget("lambda", function.Region, roleArn, mayBeUnsigned, timeout, maxResponseBytes);
        _client = resources.Aws;
        _traces = resources.Traces;
        _stage = stage;
    }

    /// <summary>The function.</summary>
    public FunctionName Function { get; }

    /// <summary>Calls the function.</summary>
    /// <param name="context">The event.</param>
    /// <param name="payload">What the function gets.</param>
    /// <param name="parts">Headers that an author maps, such as <c>X-Amz-Invocation-Type</c>; null: none.</param>
    /// <param name="cancellationToken">Ends the call early.</param>
    public ValueTask<BackendAnswer> InvokeAsync(
        EventContext context, ReadOnlyMemory<byte> payload, RequestParts? parts, CancellationToken cancellationToken)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, _uri)
        {
            Content = new ReadOnlyMemoryContent(payload) { Headers = { ContentType = Json } },
        };
        var headers = request.Headers;
        headers.TryAddWithoutValidation("Accept", "application/json");
        headers.TryAddWithoutValidation("User-Agent", $"AmazonAPIGateway_{_stage.ApiId}");
        headers.TryAddWithoutValidation("x-amzn-apigateway-api-id", _stage.ApiId.ToString());
        headers.TryAddWithoutValidation("x-amzn-lambda-integration-tag", context.RequestId.ToString());
        headers.TryAddWithoutValidation("X-Amz-Source-Arn", _stage.RouteArn(context.RouteKey));
        headers.TryAddWithoutValidation("X-Amzn-Trace-Id", context.Upgrade?.TraceId ?? _traces.Next());
        if (parts is not null)
        {
            MappedHeaders.CopyTo(request, parts);
        }

        return _client.SendAsync(request, payload, _target, context.Trace, cancellationToken);
    }

    /// <summary>Whether an answer is a failure of the function itself: it has the status 200 then, and only a header tells.</summary>
    public static bool IsFunctionError(in BackendAnswer answer) => answer.Headers!.Contains("X-Amz-Function-Error");
}
