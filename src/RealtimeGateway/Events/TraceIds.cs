using System.Globalization;
using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Events;

/// <summary>
/// Trace ids as X-Ray has them: <c>Root=1-{time in hex}-{96 random bits}</c>
/// (https://docs.aws.amazon.com/xray/latest/devguide/xray-concepts.html).
/// </summary>
internal sealed class TraceIds(TimeProvider time)
{
    private const int MaxLength = 256;

    /// <summary>The trace that the caller already belongs to, or a new one.</summary>
    public string Of(HttpRequest request)
    {
        if (request.Headers["X-Amzn-Trace-Id"] is [{ Length: > 0 and <= MaxLength } given])
        {
            return given;
        }

        return Next();
    }

    /// <summary>A trace that begins here.</summary>
    public string Next()
    {
        Span<byte> random = stackalloc byte[12];
        Random.Shared.NextBytes(random);
        Span<char> hex = stackalloc char[2 * 12];
        _ = Convert.TryToHexStringLower(random, hex, out _);
        return string.Create(CultureInfo.InvariantCulture, $"Root=1-{(uint)time.GetUtcNow().ToUnixTimeSeconds():x8}-{hex}");
    }
}
