namespace RealtimeGateway.Signing;

/// <summary>What a request says about its signature, parsed and cheaply checked; made by <see cref="SigV4Verifier.Begin"/>.</summary>
/// <remarks>A value that lives across the await for the body. Its texts are slices of the request's own strings.</remarks>
internal readonly struct SigV4Claim
{
    /// <summary>The configured key that the request names; whose signature it is only once it is verified.</summary>
    public required AwsCredential Credential { get; init; }

    /// <summary>The scope after the key id: <c>date/region/service/aws4_request</c>.</summary>
    public required ReadOnlyMemory<char> Scope { get; init; }

    /// <summary>The region in the scope.</summary>
    public required ReadOnlyMemory<char> Region { get; init; }

    /// <summary>The names of the signed headers, as sent: lower case, with semicolons.</summary>
    public required ReadOnlyMemory<char> SignedHeaders { get; init; }

    /// <summary>The signature: 64 hexadecimal digits.</summary>
    public required ReadOnlyMemory<char> Signature { get; init; }

    /// <summary>When it was signed, as <c>yyyyMMddTHHmmssZ</c>.</summary>
    public required ReadOnlyMemory<char> Time { get; init; }

    /// <summary>Whether the signature stands in the query string.</summary>
    public required bool IsPresigned { get; init; }

    /// <summary>The signed <c>x-amz-content-sha256</c>; <see langword="null"/> when the body's own hash was signed.</summary>
    public required string? DeclaredPayload { get; init; }

    /// <summary>The day of the scope.</summary>
    public ReadOnlyMemory<char> Date => Scope[..8];
}
