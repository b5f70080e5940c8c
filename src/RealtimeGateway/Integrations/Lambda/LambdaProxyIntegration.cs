using System.Net.Http.Headers;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>AWS_PROXY: hands the event to a Lambda function by the Invoke API (https://docs.aws.amazon.com/lambda/latest/api/API_Invoke.html).</summary>
internal sealed partial class LambdaProxyIntegration : IIntegration
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly FunctionName _function;
    private readonly Uri _uri;
    private readonly bool _mayBeUnsigned;
    private readonly TimeSpan _timeout;
    private readonly long _maxResponseBytes;
    private readonly StageIdentity _stage;
    private readonly IntegrationResources _resources;
    private readonly ILogger _log;

    /// <summary>Compiles an integration.</summary>
    /// <exception cref="FormatException">An environment variable for the endpoint holds no URL.</exception>
    public LambdaProxyIntegration(Integration integration, FunctionName function, StageIdentity stage, IntegrationResources resources)
    {
        _function = function;
        var endpoint = resources.Endpoints.Find("LAMBDA", "lambda", function.Region, function.Partition, out _mayBeUnsigned);
        _uri = new Uri($"{endpoint.AbsoluteUri.TrimEnd('/')}/2015-03-31/functions/{Uri.EscapeDataString(function.Arn)}/invocations");
        _timeout = integration.Timeout;
        _maxResponseBytes = integration.MaxResponseBytes;
        _stage = stage;
        _resources = resources;
        _log = resources.Loggers.CreateLogger<LambdaProxyIntegration>();
    }

    /// <inheritdoc/>
    public async ValueTask<IntegrationOutcome> InvokeAsync(EventContext context, CancellationToken cancellationToken)
    {
        using var payload = new PooledBufferWriter();
        ProxyEvent.Write(context, payload);
        var request = MakeRequest(context, payload.WrittenMemory);
        if (!await TrySignAsync(request, payload.WrittenMemory, cancellationToken))
        {
            request.Dispose();
            return IntegrationOutcome.Of(IntegrationStatus.Failed);
        }

        using var answer = await _resources.Client.SendAsync(request, _timeout, _maxResponseBytes, cancellationToken);
        return answer.Status == IntegrationStatus.Answered ? Read(answer) : IntegrationOutcome.Of(answer.Status);
    }

    private HttpRequestMessage MakeRequest(EventContext context, ReadOnlyMemory<byte> payload)
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
        if (context.Upgrade is { } upgrade)
        {
            headers.TryAddWithoutValidation("X-Amzn-Trace-Id", upgrade.TraceId);
        }

        return request;
    }

    private async ValueTask<bool> TrySignAsync(HttpRequestMessage request, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        AwsCredential? credential;
        try
        {
            credential = await _resources.Credentials.GetAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is Amazon.Runtime.AmazonClientException or HttpRequestException or OperationCanceledException)
        {
            Log.CredentialsMissing(_log, _function.Arn, exception.Message);
            return false;
        }

        if (credential is not null)
        {
            _resources.Signer.Sign(request, payload.Span, credential, "lambda", _function.Region, _resources.Time.GetUtcNow());
            return true;
        }

        if (!_mayBeUnsigned)
        {
            Log.CredentialsMissing(_log, _function.Arn, "the AWS credential chain found none; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, a profile or a role");
        }

        return _mayBeUnsigned;
    }

    private IntegrationOutcome Read(in BackendAnswer answer)
    {
        if (answer.StatusCode is < 200 or >= 300)
        {
            Log.Refused(_log, _function.Arn, answer.StatusCode, ErrorType(answer));
            return IntegrationOutcome.Of(IntegrationStatus.Failed);
        }

        // A function that fails still answers 200: the header alone tells.
        if (answer.Headers!.Contains("X-Amz-Function-Error"))
        {
            Log.Failed(_log, _function.Arn);
            return IntegrationOutcome.Of(IntegrationStatus.FunctionFailed);
        }

        if (ProxyResponse.TryRead(answer.Body.Span, out var outcome))
        {
            return outcome;
        }

        Log.Malformed(_log, _function.Arn);
        return IntegrationOutcome.Of(IntegrationStatus.Malformed);
    }

    private static string ErrorType(in BackendAnswer answer) =>
        answer.Headers!.TryGetValues("x-amzn-ErrorType", out var values) ? values.FirstOrDefault() ?? "" : "";

    private static partial class Log
    {
        [LoggerMessage(EventIds.FunctionRefused, LogLevel.Warning, "The call of {Function} was refused: {StatusCode} {ErrorType}")]
        public static partial void Refused(ILogger logger, string function, int statusCode, string errorType);

        [LoggerMessage(EventIds.FunctionFailed, LogLevel.Warning, "The function {Function} failed.")]
        public static partial void Failed(ILogger logger, string function);

        [LoggerMessage(EventIds.FunctionAnswerMalformed, LogLevel.Warning, "The function {Function} did not answer with an object that has a statusCode.")]
        public static partial void Malformed(ILogger logger, string function);

        [LoggerMessage(EventIds.CredentialsMissing, LogLevel.Error, "The function {Function} was not called, there are no credentials for it: {Reason}")]
        public static partial void CredentialsMissing(ILogger logger, string function, string reason);
    }
}
