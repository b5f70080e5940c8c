using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Load.Signing;

/// <summary>An access key of Signature Version 4, for the service <c>execute-api</c> of one region.</summary>
internal sealed class SigningKey(string accessKeyId, string secret, string region)
{
    private const string Service = "execute-api";

    private readonly Dictionary<string, byte[]> _byDate = new(StringComparer.Ordinal);

    public string AccessKeyId { get; } = accessKeyId;

    /// <summary>Reads <c>KEY_ID:SECRET:REGION</c>.</summary>
    /// <exception cref="RefusedException">It is not that.</exception>
    public static SigningKey Parse(string text) => text.Split(':') is [{ Length: > 0 } id, { Length: > 0 } secret, { Length: > 0 } region]
        ? new SigningKey(id, secret, region)
        : throw new RefusedException("--sign wants KEY_ID:SECRET:REGION.");

    /// <summary>The scope of a signature made on this day.</summary>
    public string ScopeOn(DateTimeOffset day) => $"{Day(day)}/{region}/{Service}/aws4_request";

    /// <summary>The key derived for this day (AWS, "Create a signed AWS API request", step 4).</summary>
    public byte[] KeyOn(DateTimeOffset day)
    {
        var date = Day(day);
        if (!_byDate.TryGetValue(date, out var key))
        {
            key = Encoding.UTF8.GetBytes($"AWS4{secret}");
            foreach (var part in new[] { date, region, Service, "aws4_request" })
            {
                key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
            }

            _byDate[date] = key;
        }

        return key;
    }

    private static string Day(DateTimeOffset day) => day.ToString("yyyyMMdd", CultureInfo.InvariantCulture);
}
