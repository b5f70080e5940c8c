namespace RealtimeGateway.Authorization.Jwt;

/// <summary>What checking a token came to. <c>default</c> is a refusal.</summary>
internal enum JwtOutcome
{
    /// <summary>Not a signed JWT in compact form, or one with critical extensions, or too long.</summary>
    Malformed = 0,

    /// <summary>Signed with an algorithm that this issuer does not use: also <c>none</c> and everything symmetric.</summary>
    AlgorithmNotAllowed,

    /// <summary>Another issuer.</summary>
    WrongIssuer,

    /// <summary>No key of that id in the issuer's set, or one that is not for this algorithm.</summary>
    UnknownKey,

    /// <summary>The issuer's keys could not be had yet; not the caller's fault.</summary>
    KeysUnavailable,

    /// <summary>Not signed by that key.</summary>
    InvalidSignature,

    /// <summary><c>exp</c> is over, or missing.</summary>
    Expired,

    /// <summary><c>nbf</c> or <c>iat</c> lies in the future.</summary>
    NotYetValid,

    /// <summary>For someone else.</summary>
    WrongAudience,

    /// <summary>None of the scopes that the route asks for: 403, where all others are 401.</summary>
    InsufficientScope,

    /// <summary>The issuer says so, now and for us.</summary>
    Valid,
}
