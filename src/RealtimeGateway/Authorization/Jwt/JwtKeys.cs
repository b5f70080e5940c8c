using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>The public signing keys of an issuer by id, out of a JSON Web Key Set (RFC 7517 §5). Immutable.</summary>
/// <remarks>
/// Only what stands in the set itself counts: certificates and URLs in it (<c>x5c</c>, <c>x5u</c>) are not looked at, and a symmetric key is
/// no key. One that is broken, too weak, without id or with an id of another is left out, so that it costs nobody else's sign-in.
/// </remarks>
internal sealed class JwtKeys
{
    /// <summary>The longest id that is looked up, in characters.</summary>
    public const int MaxKeyIdLength = 512;

    private const int MinRsaBytes = 2048 / 8;

    private readonly FrozenDictionary<string, Key> _keys;

    private JwtKeys(FrozenDictionary<string, Key> keys) => _keys = keys;

    /// <summary>Parses a set. <see langword="false"/> when it is none, or has no usable key.</summary>
    public static bool TryParse(ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out JwtKeys? keys)
    {
        keys = null;
        try
        {
            using var document = JsonDocument.Parse(utf8Json);
            if (document.RootElement.ValueKind != JsonValueKind.Object || !document.RootElement.TryGetProperty("keys", out var list)
                || list.ValueKind != JsonValueKind.Array)
            {
                return false;
            }

            var found = new Dictionary<string, Key>(StringComparer.Ordinal);
            foreach (var element in list.EnumerateArray())
            {
                if (TryReadKey(element, out var id, out var key))
                {
                    found.TryAdd(id, key);
                }
            }

            keys = new JwtKeys(found.ToFrozenDictionary(StringComparer.Ordinal));
            return found.Count > 0;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    /// <summary>Finds the key of an id, if it is one for the algorithm.</summary>
    /// <param name="id">The token's <c>kid</c>.</param>
    /// <param name="algorithm">The token's <c>alg</c>.</param>
    /// <param name="key">The key.</param>
    /// <param name="exists">Whether the id exists at all: then asking the issuer again is useless.</param>
    public bool TryFind(string id, string algorithm, [NotNullWhen(true)] out SecurityKey? key, out bool exists)
    {
        exists = _keys.TryGetValue(id, out var found);
        key = exists && found.Fits(algorithm) ? found.Value : null;
        return key is not null;
    }

    private static bool TryReadKey(JsonElement json, [NotNullWhen(true)] out string? id, out Key key)
    {
        key = default;
        id = null;
        if (json.ValueKind != JsonValueKind.Object || TextOf(json, "use") is not (null or "sig"))
        {
            return false;
        }

        id = TextOf(json, "kid");
        if (id is not { Length: > 0 and <= MaxKeyIdLength })
        {
            return false;
        }

        try
        {
            var type = TextOf(json, "kty");
            SecurityKey? value = type switch
            {
                "RSA" => ReadRsa(json),
                "EC" => ReadCurve(json),
                _ => null,
            };
            if (value is null)
            {
                return false;
            }

            value.KeyId = id;
            key = new Key(value, type == "EC" ? TextOf(json, "crv") : null, TextOf(json, "alg"));
            return true;
        }
        catch (Exception exception) when (exception is FormatException or CryptographicException or PlatformNotSupportedException)
        {
            // The numbers are no key, such as a point that is not on its curve.
            return false;
        }
    }

    private static RsaSecurityKey? ReadRsa(JsonElement json)
    {
        var modulus = BytesOf(json, "n").AsSpan().TrimStart((byte)0).ToArray();
        return modulus.Length < MinRsaBytes
            ? null
            : new RsaSecurityKey(new RSAParameters { Modulus = modulus, Exponent = BytesOf(json, "e") });
    }

    private static ECDsaSecurityKey? ReadCurve(JsonElement json)
    {
        ECCurve? curve = TextOf(json, "crv") switch
        {
            "P-256" => ECCurve.NamedCurves.nistP256,
            "P-384" => ECCurve.NamedCurves.nistP384,
            "P-521" => ECCurve.NamedCurves.nistP521,
            _ => null,
        };
        return curve is null
            ? null
            : new ECDsaSecurityKey(ECDsa.Create(new ECParameters { Curve = curve.Value, Q = { X = BytesOf(json, "x"), Y = BytesOf(json, "y") } }));
    }

    private static byte[] BytesOf(JsonElement json, string name) =>
        TextOf(json, name) is { Length: > 0 and <= 8192 } text
            ? System.Buffers.Text.Base64Url.DecodeFromChars(text)
            : throw new FormatException(name);

    private static string? TextOf(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private readonly record struct Key(SecurityKey Value, string? Curve, string? Algorithm)
    {
        public bool Fits(string algorithm) =>
            (Algorithm is null || Algorithm == algorithm)
            && algorithm switch
            {
                "ES256" => Curve == "P-256",
                "ES384" => Curve == "P-384",
                "ES512" => Curve == "P-521",
                _ => Curve is null && algorithm is ['R' or 'P', 'S', ..],
            };
    }
}
