using System.Diagnostics;

namespace RealtimeGateway.Signing;

/// <summary>How a refusal reads on the wire: the <c>x-amzn-ErrorType</c>, the message and the status.</summary>
/// <param name="ErrorType">The exception's name.</param>
/// <param name="Message">AWS's words, without the parts in which AWS repeats what the caller sent: those may be secrets.</param>
/// <remarks>
/// API Gateway answers 403 for all of them, also for incomplete signatures, which other services answer with 400: seen in
/// https://github.com/aws-amplify/amplify-flutter/issues/1539.
/// </remarks>
internal readonly record struct SigV4Refusal(string ErrorType, string Message)
{
    private const string Incomplete = "IncompleteSignatureException";
    private const string Invalid = "InvalidSignatureException";

    /// <summary>The HTTP status of every refusal.</summary>
    public const int StatusCode = 403;

    /// <summary>The words for a refusal; throws for <see cref="SigV4Outcome.Verified"/> and <see cref="SigV4Outcome.BodyPending"/>.</summary>
    public static SigV4Refusal Of(SigV4Outcome outcome) => outcome switch
    {
        SigV4Outcome.MissingAuthenticationToken => new("MissingAuthenticationTokenException", "Missing Authentication Token"),
        SigV4Outcome.NotKeyValue => new(Incomplete, "Invalid key=value pair (missing equal-sign) in Authorization header."),
        SigV4Outcome.UnsupportedAlgorithm => new(Incomplete, "Unsupported AWS 'algorithm'."),
        SigV4Outcome.IncompleteSignature => new(
            Incomplete,
            "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
            + "Authorization header requires 'SignedHeaders' parameter."),
        SigV4Outcome.MissingDate => new(
            Incomplete, "Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header."),
        SigV4Outcome.MalformedDate => new(
            Incomplete, "Date must be in ISO-8601 'basic format'. See http://en.wikipedia.org/wiki/ISO_8601"),
        SigV4Outcome.MalformedCredential => new(
            Incomplete, "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term."),
        SigV4Outcome.InvalidExpires => new(
            Incomplete, "X-Amz-Expires must be a number of seconds from 1 to 604800."),
        SigV4Outcome.WrongService => new(Invalid, "Credential should be scoped to correct service."),
        SigV4Outcome.WrongRegion => new(Invalid, "Credential should be scoped to a valid region."),
        SigV4Outcome.ScopeDateMismatch => new(
            Invalid, "Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP."),
        SigV4Outcome.HostNotSigned => new(
            Invalid, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization."),
        SigV4Outcome.UnknownAccessKey => new("UnrecognizedClientException", "The security token included in the request is invalid."),
        SigV4Outcome.Expired => new(Invalid, "Signature expired."),
        SigV4Outcome.NotYetCurrent => new(Invalid, "Signature not yet current."),
        SigV4Outcome.InvalidSignature => new(
            Invalid,
            "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and "
            + "signing method. Consult the service documentation for details."),
        _ => throw new UnreachableException($"{outcome} is not a refusal."),
    };
}
