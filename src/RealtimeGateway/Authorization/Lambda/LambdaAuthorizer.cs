using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Buffers;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Integrations.Lambda;

namespace RealtimeGateway.Authorization.Lambda;

/// <summary>
/// CUSTOM: a Lambda function of type REQUEST is shown the handshake and answers with a policy. Nothing is remembered: every connect asks.
/// See https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html.
/// </summary>
internal sealed partial class LambdaAuthorizer(LambdaClient lambda, ImmutableArray<IdentitySource> sources, TimeProvider time, ILogger log)
    : IAuthorizer
{
    /// <summary>The largest answer that is read: room for an error with its stack trace; a decision has less.</summary>
    public const long MaxResponseBytes = 256 * 1024;

    /// <summary>The most characters of a function's own error in the access log.</summary>
    private const int MaxErrorLength = 256;

    private static readonly AuthorizationDecision Unauthorized = AuthorizationDecision.Refuse(StatusCodes.Status401Unauthorized, ErrorFrame.Unauthorized);

    private static readonly AuthorizationDecision Failed =
        AuthorizationDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.AuthorizerFailure);

    /// <inheritdoc/>
    public async ValueTask<AuthorizationDecision> AuthorizeAsync(EventContext context, CancellationToken cancellationToken)
    {
        foreach (var source in sources)
        {
            if (string.IsNullOrEmpty(source.Find(context)))
            {
                return Unauthorized;
            }
        }

        using var payload = new PooledBufferWriter();
        AuthorizerEvent.Write(context, payload);
        var started = time.GetTimestamp();
        using var answer = await lambda.InvokeAsync(context, payload.WrittenMemory, null, cancellationToken);
        var latency = time.MillisecondsSince(started);
        var result = Read(answer, out var refusal, out var error);
        var check = new AuthorizerCheck(result is null ? refusal.Status : StatusCodes.Status200OK, error)
        {
            IntegrationLatencyMilliseconds = latency,
            IntegrationStatus = answer.Status == IntegrationStatus.Answered ? answer.StatusCode : null,
            RequestId = RequestIdOf(answer),
        };
        if (result is null)
        {
            context.Checks = new AccessChecks { Authorizer = check };
            return refusal;
        }

        started = time.GetTimestamp();
        var decision = Evaluate(context, result);
        context.Checks = new AccessChecks { Authorizer = check, Authorize = decision.ToStep(time.MillisecondsSince(started)) };
        return decision;
    }

    /// <summary>Reads the function's answer.</summary>
    /// <param name="answer">The answer.</param>
    /// <param name="refusal">What it means that there is no policy in it.</param>
    /// <param name="error">What operators read of that.</param>
    /// <returns>The policy to evaluate and the context; null when there is none.</returns>
    private AuthorizerResult? Read(in BackendAnswer answer, out AuthorizationDecision refusal, out string? error)
    {
        refusal = Failed;
        if (answer.Status != IntegrationStatus.Answered)
        {
            error = answer.Status == IntegrationStatus.TimedOut ? "The authorizer took too long." : "The authorizer could not be called.";
            return null;
        }

        if (answer.StatusCode is < 200 or >= 300)
        {
            var errorType = FunctionLog.ErrorType(answer);
            FunctionLog.Refused(log, lambda.Function.Arn, answer.StatusCode, errorType);
            error = $"The call of the authorizer was refused: {answer.StatusCode} {errorType}".TrimEnd();
            return null;
        }

        if (LambdaClient.IsFunctionError(answer))
        {
            refusal = ReadError(answer, out error);
            return null;
        }

        error = null;
        if (AuthorizerResult.TryParse(answer.Body.Memory, out var result))
        {
            return result;
        }

        Log.Malformed(log, lambda.Function.Arn, AuthorizerResult.MaxBytes);
        error = "The authorizer did not answer with a policy and a flat context.";
        refusal = AuthorizationDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.AuthorizerMalformed);
        return null;
    }

    private AuthorizationDecision ReadError(in BackendAnswer answer, out string error)
    {
        var message = ResponseShapes.ErrorMessageOf(answer.Body.Span);
        // A line of the log has room for a sentence, and a function may say more.
        error = message is { Length: > MaxErrorLength } ? message[..MaxErrorLength] : message ?? "The authorizer failed.";
        // The way in which a function says that the client is to try again with other credentials.
        if (message == "Unauthorized")
        {
            return Unauthorized;
        }

        FunctionLog.Failed(log, lambda.Function.Arn);
        return Failed;
    }

    private static AuthorizationDecision Evaluate(EventContext context, AuthorizerResult result) =>
        result.Policy.Evaluate(ExecuteApiResource.Invoke, context.Stage.RouteArn(context.RouteKey), PolicyFacts.Of(context)) switch
        {
            PolicyDecision.Allow => AuthorizationDecision.Allow(result.Context),
            PolicyDecision.ExplicitDeny => AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.ExplicitDeny),
            _ => AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.ImplicitDeny),
        };

    private static string? RequestIdOf(in BackendAnswer answer) =>
        answer.Headers is { } headers && headers.TryGetValues("x-amzn-RequestId", out var values) ? values.FirstOrDefault() : null;

    private static partial class Log
    {
        [LoggerMessage(EventIds.AuthorizerMalformed, LogLevel.Warning, "The authorizer {Function} did not answer with a policyDocument and a flat context of at most {MaxBytes} bytes.")]
        public static partial void Malformed(ILogger logger, string function, int maxBytes);
    }
}
