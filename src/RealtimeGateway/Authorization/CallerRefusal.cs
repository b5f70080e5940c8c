using RealtimeGateway.Events;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Authorization;

/// <summary>Why a caller that should have proved who it is is turned away, as AWS's front door says it: always with 403.</summary>
/// <param name="ErrorType">The exception's name, for <c>x-amzn-ErrorType</c>.</param>
/// <param name="Message">The words.</param>
/// <param name="HasCapitalMember">Whether the body's member is <c>Message</c>, as where IAM speaks, and not <c>message</c>.</param>
internal sealed record CallerRefusal(string ErrorType, string Message, bool HasCapitalMember = false)
{
    /// <summary>
    /// The same as the gateway's own refusals are logged and counted, by AWS's types of gateway responses
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/supported-gateway-response-types.html).
    /// </summary>
    public ErrorFrame ToError() => ErrorFrame.Of(Message, ErrorType switch
    {
        "MissingAuthenticationTokenException" => "MISSING_AUTHENTICATION_TOKEN",
        "InvalidSignatureException" or "IncompleteSignatureException" => "INVALID_SIGNATURE",
        _ => "ACCESS_DENIED",
    });

    /// <summary>A signature that is missing or wrong.</summary>
    public static CallerRefusal Of(SigV4Outcome outcome)
    {
        var refusal = SigV4Refusal.Of(outcome);
        return new CallerRefusal(refusal.ErrorType, refusal.Message);
    }
}
