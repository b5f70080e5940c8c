using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Events;

/// <summary>Writes the <c>$context</c> variables of an event.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-mapping-template-reference.html</remarks>
internal static class ContextWriter
{
    /// <summary>The longest printed time, number or id.</summary>
    private const int MaxFormatted = 64;

    /// <summary>Writes a variable; <see langword="false"/>, having written nothing, when it is not set.</summary>
    public static bool TryWrite(EventContext context, in ContextVariable variable, IBufferWriter<byte> output)
    {
        switch (variable.Key)
        {
            case ContextKey.ConnectionId when context.ConnectionId != default:
                return Write(context.ConnectionId, output);
            case ContextKey.MessageId when context.Type == EventType.Message:
                return Write(context.MessageId, output);
            case ContextKey.RequestId or ContextKey.ExtendedRequestId:
                return Write(context.RequestId, output);
            case ContextKey.ConnectedAt when context.Type != EventType.ConnectionApi:
                return Write(context.Client.ConnectedAt.ToUnixTimeMilliseconds(), output);
            case ContextKey.RequestTimeEpoch:
                return Write(context.RequestTime.ToUnixTimeMilliseconds(), output);
            case ContextKey.RequestTime:
                return Write(context.RequestTime.UtcDateTime, output, ProxyEvent.RequestTimeFormat);
            case ContextKey.EventType:
                return Write(EventTypes.Name(context.Type), output);
            case ContextKey.MessageDirection when context.Type != EventType.ConnectionApi:
                output.Write("IN"u8);
                return true;
            case ContextKey.DomainPrefix:
                var name = context.Client.DomainName.AsSpan();
                Encoding.UTF8.GetBytes(name.IndexOfAny('.', ':') is >= 0 and var end ? name[..end] : name, output);
                return true;
            case ContextKey.Status when context.Status != 0:
                return Write(context.Status, output);
            // "integration.latency" and its like are never set for a WebSocket API, as on AWS; this is.
            case ContextKey.IntegrationLatencyTotal when context.IntegrationLatencyMilliseconds is { } latency:
                return Write(latency, output);
            default:
                return context.Checks is { } checks && NumberOf(context, checks, variable.Key) is { } number
                    ? Write(number, output)
                    : TextOf(context, variable) is { } text && Write(text, output);
        }
    }

    /// <summary>The numbers of the checks of a handshake.</summary>
    private static long? NumberOf(EventContext context, AccessChecks checks, ContextKey key) => key switch
    {
        ContextKey.AuthenticateLatency => checks.Authenticate?.LatencyMilliseconds,
        ContextKey.AuthenticateStatus => checks.Authenticate?.Status,
        ContextKey.AuthorizeLatency => checks.Authorize?.LatencyMilliseconds,
        ContextKey.AuthorizeStatus => checks.Authorize?.Status,
        ContextKey.AuthorizerIntegrationLatency => checks.Authorizer?.IntegrationLatencyMilliseconds,
        ContextKey.AuthorizerIntegrationStatus => checks.Authorizer?.IntegrationStatus,
        // AWS_IAM is no authorizer, though it takes time.
        ContextKey.AuthorizerLatency when checks.Authorizer is not null => context.AuthorizerLatencyMilliseconds,
        ContextKey.AuthorizerStatus => checks.Authorizer?.Status,
        _ => null,
    };

    private static string? TextOf(EventContext context, in ContextVariable variable) => variable.Key switch
    {
        ContextKey.ApiId => context.Stage.ApiId.ToString(),
        ContextKey.Stage => context.Stage.Name,
        ContextKey.RouteKey => context.RouteKey.Length == 0 ? null : context.RouteKey,
        ContextKey.DomainName => context.Client.DomainName,
        ContextKey.IdentitySourceIp => context.Client.SourceIp,
        ContextKey.IdentityUserAgent => context.Client.UserAgent,
        ContextKey.IdentityApiKeyId => context.Client.ApiKeyId,
        ContextKey.IdentityApiKey => context.Client.ApiKey,
        ContextKey.IdentityAccountId => context.Client.Caller?.AccountId,
        ContextKey.IdentityCaller or ContextKey.IdentityUser => context.Client.Caller?.AccessKey,
        ContextKey.IdentityUserArn => context.Client.Caller?.UserArn,
        ContextKey.AuthorizerPrincipalId => context.Client.Authorizer?.PrincipalId,
        ContextKey.AuthorizerProperty => context.Client.Authorizer?.Values.GetValueOrDefault(variable.Property ?? ""),
        ContextKey.AuthenticateError => context.Checks?.Authenticate?.Error,
        ContextKey.AuthorizeError => context.Checks?.Authorize?.Error,
        ContextKey.AuthorizerError => context.Checks?.Authorizer?.Error,
        ContextKey.AuthorizerRequestId => context.Checks?.Authorizer?.RequestId,
        ContextKey.ErrorMessage => context.Error?.Message,
        ContextKey.ErrorMessageString => context.Error is { } error ? JsonSerializer.Serialize(error.Message) : null,
        ContextKey.ErrorResponseType => context.Error?.ResponseType,
        ContextKey.ErrorValidationErrorString => context.ValidationError,
        _ => null,
    };

    private static bool Write(string text, IBufferWriter<byte> output)
    {
        Encoding.UTF8.GetBytes(text, output);
        return true;
    }

    private static bool Write<T>(T value, IBufferWriter<byte> output, ReadOnlySpan<char> format = default)
        where T : IUtf8SpanFormattable
    {
        _ = value.TryFormat(output.GetSpan(MaxFormatted), out var written, format, CultureInfo.InvariantCulture);
        output.Advance(written);
        return true;
    }
}
