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
internal sealed partial class LambdaAuthorizer(LambdaClient lambda, ImmutableArray<IdentitySource> sources, ILogger log) : IAuthorizer
{
    /// <summary>The largest answer that is read: room for an error with its stack trace; a decision has less.</summary>
    public const long MaxResponseBytes = 256 * 1024;

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
        using var answer = await lambda.InvokeAsync(context, payload.WrittenMemory, null, cancellationToken);
        if (answer.Status != IntegrationStatus.Answered)
        {
            return Failed;
        }

        if (answer.StatusCode is < 200 or >= 300)
        {
            FunctionLog.Refused(log, lambda.Function.Arn, answer.StatusCode, FunctionLog.ErrorType(answer));
            return Failed;
        }

        return LambdaClient.IsFunctionError(answer) ? DecideError(answer) : Decide(context, answer);
    }

    private AuthorizationDecision DecideError(in BackendAnswer answer)
    {
        // The way in which a function says that the client is to try again with other credentials.
        if (ResponseShapes.ErrorMessageOf(answer.Body.Span) == "Unauthorized")
        {
            return Unauthorized;
        }

        FunctionLog.Failed(log, lambda.Function.Arn);
        return Failed;
    }

    private AuthorizationDecision Decide(EventContext context, in BackendAnswer answer)
    {
        if (!AuthorizerResult.TryParse(answer.Body.Memory, out var result))
        {
            Log.Malformed(log, lambda.Function.Arn, AuthorizerResult.MaxBytes);
            return AuthorizationDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.AuthorizerMalformed);
        }

        return result.Policy.Evaluate(ExecuteApiResource.Invoke, context.Stage.RouteArn(context.RouteKey), PolicyFacts.Of(context)) switch
        {
            PolicyDecision.Allow => AuthorizationDecision.Allow(result.Context),
            PolicyDecision.ExplicitDeny => AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.ExplicitDeny),
            _ => AuthorizationDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.ImplicitDeny),
        };
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.AuthorizerMalformed, LogLevel.Warning, "The authorizer {Function} did not answer with a policyDocument and a flat context of at most {MaxBytes} bytes.")]
        public static partial void Malformed(ILogger logger, string function, int maxBytes);
    }
}
