using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Samples.Chat;

/// <summary>
/// Reads a call of the gateway and lets through only what the gateway signed with the shared secret, lately:
/// <c>x-rg-signature: sha256=hex(HMAC-SHA256(secret, requestId + "." + timestamp + "." + body))</c>.
/// The page is open to everyone, and it is served from the same port.
/// </summary>
internal sealed class GatewayCallReader(string secret, TimeProvider time)
{
    private const string SignatureScheme = "sha256=";
    private static readonly TimeSpan MaxAge = TimeSpan.FromMinutes(5);

    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <returns>Null when the call is not the gateway's.</returns>
    public async Task<GatewayCall?> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        using var body = new MemoryStream();
        await request.Body.CopyToAsync(body, cancellationToken);
        var bytes = body.GetBuffer().AsMemory(0, (int)body.Length);
        string? connectionId = request.Headers["x-rg-connection-id"];
        string? routeKey = request.Headers["x-rg-route-key"];
        return IsSigned(request.Headers, bytes.Span) && !string.IsNullOrEmpty(connectionId) && !string.IsNullOrEmpty(routeKey)
            ? new GatewayCall(connectionId, routeKey, bytes)
            : null;
    }

    private bool IsSigned(IHeaderDictionary headers, ReadOnlySpan<byte> body)
    {
        string? timestamp = headers["x-rg-timestamp"];
        string? signature = headers["x-rg-signature"];
        if (!long.TryParse(timestamp, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
            || (time.GetUtcNow() - DateTimeOffset.UnixEpoch - TimeSpan.FromSeconds(Math.Min(seconds, uint.MaxValue))).Duration() > MaxAge
            || signature?.StartsWith(SignatureScheme, StringComparison.Ordinal) != true)
        {
            return false;
        }

        Span<byte> given = stackalloc byte[HMACSHA256.HashSizeInBytes];
        if (Convert.FromHexString(signature.AsSpan(SignatureScheme.Length), given, out _, out var length) != System.Buffers.OperationStatus.Done
            || length != given.Length)
        {
            return false;
        }

        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.UTF8.GetBytes(
            $"{headers["x-rg-request-id"]}.{timestamp}.{headers["x-rg-connection-id"]}.{headers["x-rg-event-type"]}.{headers["x-rg-route-key"]}."));
        hmac.AppendData(body);
        return CryptographicOperations.FixedTimeEquals(given, hmac.GetHashAndReset());
    }
}
