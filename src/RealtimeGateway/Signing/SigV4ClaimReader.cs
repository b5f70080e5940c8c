using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Signing;

/// <summary>The texts of a claim, wherever they stood: in the <c>Authorization</c> header or in the query string.</summary>
internal ref struct SigV4ClaimReader
{
    /// <summary><c>keyid/date/region/service/aws4_request</c>.</summary>
    public ReadOnlyMemory<char> Credential;

    /// <summary>Names with semicolons.</summary>
    public ReadOnlyMemory<char> SignedHeaders;

    /// <summary>Hexadecimal.</summary>
    public ReadOnlyMemory<char> Signature;

    /// <summary>ISO 8601 basic.</summary>
    public ReadOnlyMemory<char> Time;

    /// <summary>How long a pre-signed URL holds; <see langword="null"/> when it does not say.</summary>
    public TimeSpan? Lifetime;

    /// <summary>Whether the texts come from the query string.</summary>
    public bool IsPresigned;

    /// <summary>Reads whichever of the two the request has. Having both is refused: it would be open which of them counts.</summary>
    /// <returns><see cref="SigV4Outcome.BodyPending"/> when all texts are there.</returns>
    public static SigV4Outcome Read(HttpRequest request, ReadOnlySpan<char> query, out SigV4ClaimReader claim)
    {
        claim = default;
        var authorization = request.Headers.Authorization;
        var inQuery = query.Contains("X-Amz-", StringComparison.Ordinal)
            && (HasParameter(query, "X-Amz-Algorithm") || HasParameter(query, "X-Amz-Signature") || HasParameter(query, "X-Amz-Credential"));
        if (inQuery)
        {
            return authorization.Count > 0 ? SigV4Outcome.IncompleteSignature : claim.ReadQuery(query);
        }

        return authorization.Count switch
        {
            0 => SigV4Outcome.MissingAuthenticationToken,
            1 when string.IsNullOrWhiteSpace(authorization[0]) => SigV4Outcome.MissingAuthenticationToken,
            1 => claim.ReadHeader(authorization[0]!, request.Headers),
            _ => SigV4Outcome.NotKeyValue,
        };
    }

    private SigV4Outcome ReadHeader(string authorization, IHeaderDictionary headers)
    {
        var space = authorization.IndexOf(' ', StringComparison.Ordinal);
        var scheme = space < 0 ? authorization.AsSpan() : authorization.AsSpan(0, space);
        if (!scheme.SequenceEqual(SigV4Signature.Algorithm))
        {
            return scheme.StartsWith("AWS4-", StringComparison.Ordinal) ? SigV4Outcome.UnsupportedAlgorithm : SigV4Outcome.NotKeyValue;
        }

        var rest = authorization.AsMemory(scheme.Length);
        while (!rest.IsEmpty)
        {
            var comma = rest.Span.IndexOf(',');
            var pair = (comma < 0 ? rest : rest[..comma]).Trim();
            rest = comma < 0 ? default : rest[(comma + 1)..];
            var equals = pair.Span.IndexOf('=');
            if (equals < 0)
            {
                return pair.IsEmpty ? SigV4Outcome.IncompleteSignature : SigV4Outcome.NotKeyValue;
            }

            if (!Assign(pair.Span[..equals], pair[(equals + 1)..]))
            {
                return SigV4Outcome.IncompleteSignature;
            }
        }

        return Credential.IsEmpty || SignedHeaders.IsEmpty || Signature.IsEmpty ? SigV4Outcome.IncompleteSignature : ReadDate(headers);
    }

    private bool Assign(ReadOnlySpan<char> name, ReadOnlyMemory<char> value)
    {
        switch (name)
        {
            case "Credential" when Credential.IsEmpty:
                Credential = value;
                return true;
            case "SignedHeaders" when SignedHeaders.IsEmpty:
                SignedHeaders = value;
                return true;
            case "Signature" when Signature.IsEmpty:
                Signature = value;
                return true;
            default:
                return false;
        }
    }

    private SigV4Outcome ReadDate(IHeaderDictionary headers)
    {
        var date = headers["X-Amz-Date"];
        if (date.Count == 0)
        {
            return ReadHttpDate(headers.Date);
        }

        Time = date.Count == 1 ? date[0].AsMemory().Trim() : default;
        return Time.IsEmpty ? SigV4Outcome.MalformedDate : SigV4Outcome.BodyPending;
    }

    private SigV4Outcome ReadHttpDate(StringValues date)
    {
        if (date.Count != 1)
        {
            return date.Count == 0 ? SigV4Outcome.MissingDate : SigV4Outcome.MalformedDate;
        }

        // RFC 9110 §5.6.7; the signed time is the same moment in ISO 8601.
        Time = DateTimeOffset.TryParseExact(date[0], "r", CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var parsed)
            ? parsed.UtcDateTime.ToString(SigV4Signature.TimeFormat, CultureInfo.InvariantCulture).AsMemory()
            : date[0].AsMemory().Trim();
        return SigV4Outcome.BodyPending;
    }

    private SigV4Outcome ReadQuery(ReadOnlySpan<char> query)
    {
        IsPresigned = true;
        if (!TryGet(query, "X-Amz-Algorithm", out var algorithm) || !TryGet(query, "X-Amz-Credential", out var credential)
            || !TryGet(query, "X-Amz-SignedHeaders", out var signedHeaders) || !TryGet(query, "X-Amz-Signature", out var signature)
            || !TryGet(query, "X-Amz-Expires", out var expires) || !TryGet(query, "X-Amz-Date", out var time))
        {
            return SigV4Outcome.IncompleteSignature;
        }

        if (algorithm is null || credential is null || signedHeaders is null || signature is null)
        {
            return SigV4Outcome.IncompleteSignature;
        }

        if (algorithm != SigV4Signature.Algorithm)
        {
            return SigV4Outcome.UnsupportedAlgorithm;
        }

        if (time is null)
        {
            return SigV4Outcome.MissingDate;
        }

        if (expires is not null)
        {
            if (!int.TryParse(expires, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds)
                || seconds is < 1 || seconds > SigV4Signer.MaxPresignedLifetime.TotalSeconds)
            {
                return SigV4Outcome.InvalidExpires;
            }

            Lifetime = TimeSpan.FromSeconds(seconds);
        }

        Credential = credential.AsMemory();
        SignedHeaders = signedHeaders.AsMemory();
        Signature = signature.AsMemory();
        Time = time.AsMemory();
        return SigV4Outcome.BodyPending;
    }

    /// <summary>Looks a parameter up; absent or empty is <see langword="null"/>. <see langword="false"/> when it is there twice.</summary>
    public static bool TryGet(ReadOnlySpan<char> query, ReadOnlySpan<char> name, out string? value)
    {
        value = null;
        var seen = false;
        foreach (var range in query.Split('&'))
        {
            if (!NameOf(query[range]).SequenceEqual(name))
            {
                continue;
            }

            if (seen)
            {
                return false;
            }

            seen = true;
            var text = query[range];
            var raw = text.Length > name.Length ? text[(name.Length + 1)..].ToString() : "";
            value = raw.Length == 0 ? null : Uri.UnescapeDataString(raw);
        }

        return true;
    }

    private static bool HasParameter(ReadOnlySpan<char> query, ReadOnlySpan<char> name)
    {
        foreach (var range in query.Split('&'))
        {
            if (NameOf(query[range]).SequenceEqual(name))
            {
                return true;
            }
        }

        return false;
    }

    private static ReadOnlySpan<char> NameOf(ReadOnlySpan<char> parameter)
    {
        var equals = parameter.IndexOf('=');
        return equals < 0 ? parameter : parameter[..equals];
    }
}
