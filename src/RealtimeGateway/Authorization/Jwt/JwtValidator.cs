using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>
/// Checks tokens of one issuer (RFC 7519, RFC 8725). The algorithms are fixed, the key comes from the issuer's set and nowhere else, and
/// neither the token nor its parts are ever logged. Safe for any number of threads.
/// </summary>
internal sealed class JwtValidator
{
    /// <summary>The longest token that is read, in characters; header fields of API Gateway end at 10,240 bytes in all.</summary>
    public const int MaxTokenLength = 16 * 1024;

    private static readonly SearchValues<char> Base64UrlCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_");

    // One parser must not see another member than the next: of two with one name, none counts.
    private static readonly JsonDocumentOptions Strict = new() { AllowDuplicateProperties = false, MaxDepth = 32 };

    private readonly JsonWebTokenHandler _handler = new() { MaximumTokenSizeInBytes = MaxTokenLength };
    private readonly CryptoProviderFactory _crypto = new() { CacheSignatureProviders = false };
    private readonly JwtOptions _options;
    private readonly JwtKeyCache _keys;
    private readonly TimeProvider _time;

    /// <summary>Makes a validator, which fetches nothing before the first token that could be good.</summary>
    public JwtValidator(JwtOptions options, HttpClient http, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.Validate();
        _options = options;
        _time = time;
        _keys = new JwtKeyCache(http, options, time);
    }

    /// <summary>Checks a token.</summary>
    /// <param name="token">The compact form, without <c>Bearer</c>.</param>
    /// <param name="requiredScopes">Of these the token must have at least one; none are asked for when empty.</param>
    /// <param name="cancellationToken">Ends the wait for keys.</param>
    public async ValueTask<JwtResult> ValidateAsync(string token, IReadOnlyList<string> requiredScopes, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(token);
        ArgumentNullException.ThrowIfNull(requiredScopes);
        if (!TrySplit(token, out var header, out var payload))
        {
            return JwtResult.Refused(JwtOutcome.Malformed);
        }

        using (header)
        using (payload)
        {
            // What costs nothing comes first: a stranger's token must not cause a fetch.
            var outcome = CheckHeader(header.RootElement, payload.RootElement, out var algorithm, out var keyId);
            if (outcome == JwtOutcome.Valid)
            {
                outcome = CheckTimeAndAudience(payload.RootElement);
            }

            if (outcome == JwtOutcome.Valid)
            {
                outcome = await CheckSignatureAsync(token, algorithm, keyId, cancellationToken);
            }

            if (outcome != JwtOutcome.Valid)
            {
                return JwtResult.Refused(outcome);
            }

            var scopes = JwtClaims.ReadScopes(payload.RootElement);
            return requiredScopes.Count == 0 || requiredScopes.Any(scope => scopes.Contains(scope, StringComparer.Ordinal))
                ? new JwtResult(JwtOutcome.Valid, JwtClaims.ReadAll(payload.RootElement), scopes)
                : JwtResult.Refused(JwtOutcome.InsufficientScope);
        }
    }

    private JwtOutcome CheckHeader(JsonElement header, JsonElement payload, out string algorithm, out string keyId)
    {
        (algorithm, keyId) = ("", "");
        // RFC 7515 §4.1.11: what is critical and not understood makes a token invalid; we understand no extension.
        if (header.TryGetProperty("crit", out _) || !header.TryGetProperty("alg", out var alg) || alg.ValueKind != JsonValueKind.String)
        {
            return JwtOutcome.Malformed;
        }

        algorithm = alg.GetString()!;
        if (!_options.Algorithms.Contains(algorithm, StringComparer.Ordinal))
        {
            return JwtOutcome.AlgorithmNotAllowed;
        }

        if (!payload.TryGetProperty("iss", out var issuer) || issuer.ValueKind != JsonValueKind.String || !issuer.ValueEquals(_options.Issuer))
        {
            return JwtOutcome.WrongIssuer;
        }

        if (!header.TryGetProperty("kid", out var kid) || kid.ValueKind != JsonValueKind.String
            || kid.GetString() is not { Length: > 0 and <= JwtKeys.MaxKeyIdLength } id)
        {
            return JwtOutcome.UnknownKey;
        }

        keyId = id;
        return JwtOutcome.Valid;
    }

    private JwtOutcome CheckTimeAndAudience(JsonElement payload)
    {
        if (!JwtClaims.TryReadDate(payload, "exp", out var expires) || !JwtClaims.TryReadDate(payload, "nbf", out var notBefore)
            || !JwtClaims.TryReadDate(payload, "iat", out var issued))
        {
            return JwtOutcome.Malformed;
        }

        var now = _time.GetUtcNow();
        if (expires is null || now - _options.ClockSkew >= expires)
        {
            return JwtOutcome.Expired;
        }

        if (now + _options.ClockSkew < notBefore || now + _options.ClockSkew < issued)
        {
            return JwtOutcome.NotYetValid;
        }

        // API Gateway looks at client_id only in tokens without aud, such as Amazon Cognito's access tokens.
        return (payload.TryGetProperty("aud", out var audience) || payload.TryGetProperty("client_id", out audience))
            && JwtClaims.ContainsAny(audience, _options.Audiences)
            ? JwtOutcome.Valid
            : JwtOutcome.WrongAudience;
    }

    private async ValueTask<JwtOutcome> CheckSignatureAsync(string token, string algorithm, string keyId, CancellationToken cancellationToken)
    {
        var keys = await _keys.GetAsync(
            static (keys, wanted) => keys.TryFind(wanted.keyId, wanted.algorithm, out _, out var exists) || exists,
            (keyId, algorithm),
            cancellationToken);
        if (keys is null)
        {
            return JwtOutcome.KeysUnavailable;
        }

        if (!keys.TryFind(keyId, algorithm, out var key, out _))
        {
            return JwtOutcome.UnknownKey;
        }

        var result = await _handler.ValidateTokenAsync(token, new TokenValidationParameters
        {
            IssuerSigningKey = key,
            TryAllIssuerSigningKeys = false,
            RequireSignedTokens = true,
            ValidAlgorithms = [algorithm],
            CryptoProviderFactory = _crypto,
            LogValidationExceptions = false,
            // Checked above, on this gateway's clock and by API Gateway's rules.
            ValidateIssuer = false,
            ValidateAudience = false,
            ValidateLifetime = false,
        });
        return result.IsValid ? JwtOutcome.Valid : JwtOutcome.InvalidSignature;
    }

    /// <summary>Three parts of canonical base64url (RFC 7515 §7.1), of which the first two are JSON objects.</summary>
    private static bool TrySplit(string token, out JsonDocument header, out JsonDocument payload)
    {
        (header, payload) = (null!, null!);
        Span<Range> parts = stackalloc Range[4];
        if (token.Length > MaxTokenLength || token.AsSpan().Split(parts, '.') != 3
            || !TryReadObject(token.AsSpan()[parts[0]], out header!))
        {
            return false;
        }

        var signature = token.AsSpan()[parts[2]];
        if (!signature.ContainsAnyExcept(Base64UrlCharacters) && TryReadObject(token.AsSpan()[parts[1]], out payload!))
        {
            return true;
        }

        header.Dispose();
        return false;
    }

    private static bool TryReadObject(ReadOnlySpan<char> text, out JsonDocument? document)
    {
        document = null;
        // The decoder would take padding and white space, and a token has one spelling.
        if (text.IsEmpty || text.ContainsAnyExcept(Base64UrlCharacters) || text.Length % 4 == 1)
        {
            return false;
        }

        try
        {
            document = JsonDocument.Parse(Base64Url.DecodeFromChars(text), Strict);
        }
        catch (Exception exception) when (exception is JsonException or FormatException)
        {
            return false;
        }

        if (document.RootElement.ValueKind == JsonValueKind.Object)
        {
            return true;
        }

        document.Dispose();
        return false;
    }
}
