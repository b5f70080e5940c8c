using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Events;

namespace RealtimeGateway.Integrations.Http;

/// <summary>
/// Proves to an HTTP back end that a call comes from the gateway, when, and about whom: <c>x-rg-timestamp</c> holds Unix seconds and
/// <c>x-rg-signature</c> is <c>sha256=</c> and the lower-case hex of HMAC-SHA256(secret, request id + "." + timestamp + "." + connection id + "."
/// + event type + "." + route key + "." + body), where the route key is spelled as in <c>x-rg-route-key</c>. A captured call can therefore
/// not be passed off as another client's or another event.
/// </summary>
internal sealed class CallSignature(string secret, TimeProvider time)
{
    private readonly byte[] _secret = Encoding.UTF8.GetBytes(secret);

    /// <summary>Adds the two headers.</summary>
    public void AddTo(HttpRequestMessage request, EventContext context, ReadOnlySpan<byte> body)
    {
        var timestamp = time.GetUtcNow().ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        using var hmac = IncrementalHash.CreateHMAC(HashAlgorithmName.SHA256, _secret);
        hmac.AppendData(Encoding.ASCII.GetBytes(
            $"{context.RequestId}.{timestamp}.{context.ConnectionId}.{EventTypes.Name(context.Type)}.{HeaderText.Encode(context.RouteKey)}."));
        hmac.AppendData(body);
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        hmac.GetHashAndReset(hash);
        request.Headers.TryAddWithoutValidation("x-rg-timestamp", timestamp);
        request.Headers.TryAddWithoutValidation("x-rg-signature", $"sha256={Convert.ToHexStringLower(hash)}");
    }
}
