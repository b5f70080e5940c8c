using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Load.Signing;

/// <summary>
/// Signs POSTs to one path with Signature Version 4 (AWS, "Create a signed AWS API request"): what AWS SDKs do before each
/// <c>PostToConnection</c>. Not thread-safe; the load program has one thread.
/// </summary>
internal sealed class RequestSigner(SigningKey key, string authority, string path)
{
    /// <summary>Room that <see cref="WriteHeaders"/> needs at most: two lines of fixed length but for the key id and the region.</summary>
    public const int MaxHeaderBytes = 1024;

    private const string SignedHeaders = "host;x-amz-date";

    // Every part of the path is encoded once more than on the request line, for every service but S3.
    private readonly string _canonicalPath = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));

    /// <summary>Writes the header lines <c>X-Amz-Date</c> and <c>Authorization</c> for this body, signed now; returns their length.</summary>
    public int WriteHeaders(ReadOnlySpan<byte> body, Span<byte> destination) => WriteHeaders(body, DateTimeOffset.UtcNow, destination);

    /// <summary>As above, signed at a moment of the caller's choice.</summary>
    public int WriteHeaders(ReadOnlySpan<byte> body, DateTimeOffset now, Span<byte> destination)
    {
        var date = now.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);
        var canonical = $"POST\n{_canonicalPath}\n\nhost:{authority}\nx-amz-date:{date}\n\n{SignedHeaders}\n{Hex(SHA256.HashData(body))}";
        var toSign = $"AWS4-HMAC-SHA256\n{date}\n{key.ScopeOn(now)}\n{Hex(SHA256.HashData(Encoding.UTF8.GetBytes(canonical)))}";
        var signature = Hex(HMACSHA256.HashData(key.KeyOn(now), Encoding.UTF8.GetBytes(toSign)));
        return Encoding.ASCII.GetBytes(
            $"X-Amz-Date: {date}\r\nAuthorization: AWS4-HMAC-SHA256 Credential={key.AccessKeyId}/{key.ScopeOn(now)}, SignedHeaders={SignedHeaders}, Signature={signature}\r\n",
            destination);
    }

    private static string Hex(byte[] bytes) => Convert.ToHexStringLower(bytes);
}
