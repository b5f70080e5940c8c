using System.Security.Cryptography;

namespace RealtimeGateway.Signing;

/// <summary>The last step of Signature Version 4, shared by signer and verifier: from a canonical request to its signature.</summary>
internal static class SigV4Signature
{
    /// <summary>The only algorithm spoken here.</summary>
    public const string Algorithm = "AWS4-HMAC-SHA256";

    /// <summary>The end of every credential scope.</summary>
    public const string Terminator = "aws4_request";

    /// <summary>The form of <c>X-Amz-Date</c>: ISO 8601, basic, UTC.</summary>
    public const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    /// <summary>Bytes in a signature.</summary>
    public const int Size = HMACSHA256.HashSizeInBytes;

    /// <summary>The longest <c>date/region/service/aws4_request</c> that is taken, in characters.</summary>
    public const int MaxScopeLength = 160;

    /// <summary>Computes the signature of a canonical request.</summary>
    /// <param name="signingKey">The derived key.</param>
    /// <param name="time">The time as in <see cref="TimeFormat"/>.</param>
    /// <param name="scope">The scope after the access key id: <c>date/region/service/aws4_request</c>.</param>
    /// <param name="canonicalRequest">All of the canonical request.</param>
    /// <param name="signature">Receives <see cref="Size"/> bytes.</param>
    public static void Compute(
        ReadOnlySpan<byte> signingKey, ReadOnlySpan<char> time, ReadOnlySpan<char> scope, ReadOnlySpan<byte> canonicalRequest, Span<byte> signature)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(canonicalRequest, hash);
        var text = new CanonicalBuffer(stackalloc byte[768]);
        try
        {
            text.Append("AWS4-HMAC-SHA256\n"u8);
            text.Append(time);
            text.Append((byte)'\n');
            text.Append(scope);
            text.Append((byte)'\n');
            text.AppendHex(hash);
            HMACSHA256.HashData(signingKey, text.Written, signature);
        }
        finally
        {
            text.Dispose();
        }
    }
}
