namespace RealtimeGateway.Signing;

/// <summary>What verifying a signature came to. <c>default</c> is a refusal. <see cref="SigV4Refusal"/> has the words of each.</summary>
internal enum SigV4Outcome
{
    /// <summary>Not signed at all.</summary>
    MissingAuthenticationToken = 0,

    /// <summary>An <c>Authorization</c> header that is not made of <c>key=value</c> pairs, such as a bearer token, or is there twice.</summary>
    NotKeyValue,

    /// <summary>An algorithm other than AWS4-HMAC-SHA256.</summary>
    UnsupportedAlgorithm,

    /// <summary><c>Credential</c>, <c>SignedHeaders</c> or <c>Signature</c> is missing, empty or there twice.</summary>
    IncompleteSignature,

    /// <summary>Neither <c>X-Amz-Date</c> nor <c>Date</c>.</summary>
    MissingDate,

    /// <summary>A date that is not ISO 8601 basic.</summary>
    MalformedDate,

    /// <summary>Not <c>keyid/date/region/service/aws4_request</c>.</summary>
    MalformedCredential,

    /// <summary>Not 1 to 604,800 seconds.</summary>
    InvalidExpires,

    /// <summary>Signed for another service.</summary>
    WrongService,

    /// <summary>Signed for another region than the configured one.</summary>
    WrongRegion,

    /// <summary>The day of the scope is not the day of the request.</summary>
    ScopeDateMismatch,

    /// <summary><c>host</c> is not among the signed headers.</summary>
    HostNotSigned,

    /// <summary>No such access key, or not its session token.</summary>
    UnknownAccessKey,

    /// <summary>Signed too long ago, or a pre-signed URL whose time is over.</summary>
    Expired,

    /// <summary>Signed too far in the future.</summary>
    NotYetCurrent,

    /// <summary>The signature, the list of signed headers or the body is not what was signed.</summary>
    InvalidSignature,

    /// <summary>From <see cref="SigV4Verifier.Begin"/>: nothing is wrong so far; <see cref="SigV4Verifier.Complete(Microsoft.AspNetCore.Http.HttpRequest, in SigV4Claim, ReadOnlySpan{byte})"/> decides with the body.</summary>
    BodyPending,

    /// <summary>The request is what the holder of the key signed.</summary>
    Verified,
}
