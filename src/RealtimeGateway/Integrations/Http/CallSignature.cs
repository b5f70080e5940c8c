using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// Proves to an HTTP back end that a call comes from the gateway and when: <c>x-rg-timestamp</c> holds Unix seconds and
/// <c>x-rg-signature</c> is <c>sha256=</c> and the lower-case hex of HMAC-SHA256(secret, request id + "." + timestamp + "." + body).
/// </summary>
internal sealed class CallSignature(string secret, TimeProvider time)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <summary>Adds the two headers.</summary>
    public void AddTo(HttpRequestMessage request, EventContext context)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.ASCII.GetBytes($"{context.RequestId}.{timestamp}."));
        if (request.Content is not null)
        {
            hmac.AppendData(context.Body.Span);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        request.Headers.TryAddWithoutValidation("x-rg-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("x-rg-signature", $"sha256={Convert.ToHexStringLower(hash)}");
    }
}
