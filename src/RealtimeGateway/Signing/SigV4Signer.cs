using System.Globalization;
using System.Security.Cryptography;

namespace RealtimeGateway.Signing;

/// <summary>
/// Signs outgoing requests with AWS Signature Version 4
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). Safe for any number of threads; keep one and share it.
/// </summary>
internal sealed class SigV4Signer
{
    /// <summary>The longest life of a pre-signed URL: seven days.</summary>
    public static readonly TimeSpan MaxPresignedLifetime = TimeSpan.FromSeconds(604_800);

    private readonly SigningKeyCache _keys = new();

    /// <summary>
    /// Adds <c>X-Amz-Date</c>, <c>X-Amz-Security-Token</c> (with a session token), <c>x-amz-content-sha256</c> (S3 only) and
    /// <c>Authorization</c>. Signed are <c>host</c>, <c>content-type</c> and every <c>x-amz-*</c> header, so set those before.
    /// Signing again, for a retry, replaces what was added.
    /// </summary>
    /// <param name="request">A request with an absolute URI, whose path is encoded as it shall go over the wire.</param>
    /// <param name="body">Exactly the bytes that will be sent; empty for none.</param>
    /// <param name="credential">The key to sign with.</param>
    /// <param name="service">The service's signing name, such as <c>lambda</c>.</param>
    /// <param name="region">The region's name, such as <c>eu-central-1</c>.</param>
    /// <param name="now">The time of the request.</param>
    public void Sign(
        HttpRequestMessage request, ReadOnlySpan<byte> body, AwsCredential credential, string service, string region, DateTimeOffset now)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        SignHashed(request, hash, credential, service, region, now);
    }

    /// <summary>As <see cref="Sign"/>, for a body whose SHA-256 is already known.</summary>
    public void SignHashed(
        HttpRequestMessage request, ReadOnlySpan<byte> bodySha256, AwsCredential credential, string service, string region, DateTimeOffset now)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(bodySha256.Length, SHA256.HashSizeInBytes);
        SignDeclared(request, Convert.ToHexStringLower(bodySha256), credential, service, region, now);
    }

    /// <summary>As <see cref="Sign"/>, for whatever stands for the body in the canonical request, such as <c>UNSIGNED-PAYLOAD</c>.</summary>
    public void SignDeclared(
        HttpRequestMessage request, string payload, AwsCredential credential, string service, string region, DateTimeOffset now)
    {
        ArgumentNullException.ThrowIfNull(request);
        ArgumentNullException.ThrowIfNull(credential);
        var uri = RequireAbsolute(request.RequestUri);
        var time = now.UtcDateTime.ToString(SigV4Signature.TimeFormat, CultureInfo.InvariantCulture);

        Replace(request, "X-Amz-Date", time);
        if (credential.SessionToken is { } token)
        {
            Replace(request, "X-Amz-Security-Token", token);
        }

        if (IsS3(service))
        {
            Replace(request, "x-amz-content-sha256", payload);
        }

        var headers = CollectHeaders(request, uri);
        var signedHeaders = string.Join(';', headers.Select(header => header.Name));
        var scope = $"{time.AsSpan(0, 8)}/{region}/{service}/{SigV4Signature.Terminator}";
        var signature = Compute(
            new Parts(request.Method.Method, uri.PathAndQuery, headers, signedHeaders, payload), credential, time, scope, service, region);
        request.Headers.Remove("Authorization");
        request.Headers.TryAddWithoutValidation(
            "Authorization",
            $"{SigV4Signature.Algorithm} Credential={credential.AccessKeyId}/{scope}, SignedHeaders={signedHeaders}, Signature={signature}");
    }

    /// <summary>Makes a URL that anyone may use with <paramref name="method"/>, an empty body and no further headers for <paramref name="lifetime"/>.</summary>
    /// <param name="method">The method that the URL will be used with; GET for a WebSocket.</param>
    /// <param name="uri">An absolute URI; its own query stays. <c>ws</c> and <c>wss</c> are fine.</param>
    /// <param name="credential">The key to sign with.</param>
    /// <param name="service">The service's signing name, such as <c>execute-api</c>.</param>
    /// <param name="region">The region's name.</param>
    /// <param name="now">When the URL starts to be valid.</param>
    /// <param name="lifetime">One second to seven days.</param>
    public Uri Presign(
        HttpMethod method, Uri uri, AwsCredential credential, string service, string region, DateTimeOffset now, TimeSpan lifetime)
    {
        ArgumentNullException.ThrowIfNull(method);
        ArgumentNullException.ThrowIfNull(credential);
        RequireAbsolute(uri);
        ArgumentOutOfRangeException.ThrowIfLessThan(lifetime, TimeSpan.FromSeconds(1));
        ArgumentOutOfRangeException.ThrowIfGreaterThan(lifetime, MaxPresignedLifetime);
        var time = now.UtcDateTime.ToString(SigV4Signature.TimeFormat, CultureInfo.InvariantCulture);
        var scope = $"{time.AsSpan(0, 8)}/{region}/{service}/{SigV4Signature.Terminator}";
        var query = (uri.Query.Length > 1 ? uri.Query + "&" : "?")
            + $"X-Amz-Algorithm={SigV4Signature.Algorithm}&X-Amz-Credential={Uri.EscapeDataString(credential.AccessKeyId + "/" + scope)}"
            + string.Create(CultureInfo.InvariantCulture, $"&X-Amz-Date={time}&X-Amz-Expires={(long)lifetime.TotalSeconds}&X-Amz-SignedHeaders=host")
            + (credential.SessionToken is { } token ? "&X-Amz-Security-Token=" + Uri.EscapeDataString(token) : "");
        var payload = IsS3(service) ? "UNSIGNED-PAYLOAD" : Convert.ToHexStringLower(SHA256.HashData([]));
        var signature = Compute(
            new Parts(method.Method, uri.AbsolutePath + query, [new Header("host", HostOf(uri))], "host", payload),
            credential, time, scope, service, region);
        return new Uri($"{uri.Scheme}://{HostOf(uri)}{uri.AbsolutePath}{query}&X-Amz-Signature={signature}");
    }

    private string Compute(in Parts parts, AwsCredential credential, string time, string scope, string service, string region)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(scope.Length, SigV4Signature.MaxScopeLength);
        var canonical = new CanonicalBuffer(stackalloc byte[1024]);
        try
        {
            parts.WriteTo(ref canonical, IsS3(service));
            Span<byte> key = stackalloc byte[SigningKeyCache.KeySize];
            if (!_keys.GetOrDerive(credential, time.AsSpan(0, 8), region, service, key))
            {
                _keys.Remember(credential, time.AsSpan(0, 8), region, service, key);
            }

            Span<byte> signature = stackalloc byte[SigV4Signature.Size];
            SigV4Signature.Compute(key, time, scope, canonical.Written, signature);
            return Convert.ToHexStringLower(signature);
        }
        finally
        {
            canonical.Dispose();
        }
    }

    private static List<Header> CollectHeaders(HttpRequestMessage request, Uri uri)
    {
        var headers = new List<Header>(6) { new("host", request.Headers.Host ?? HostOf(uri)) };
        foreach (var (name, values) in request.Headers.NonValidated)
        {
            if (name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
            {
                headers.Add(new Header(name.ToLowerInvariant(), values.ToString()));
            }
        }

        if (request.Content is { } content)
        {
            foreach (var (name, values) in content.Headers.NonValidated)
            {
                if (name.Equals("content-type", StringComparison.OrdinalIgnoreCase)
                    || name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase))
                {
                    headers.Add(new Header(name.ToLowerInvariant(), values.ToString()));
                }
            }
        }

        headers.Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
        return headers;
    }

    // As HttpClient writes it: the port only when it is not the scheme's own, and an IPv6 address in brackets.
    private static string HostOf(Uri uri)
    {
        var host = uri.HostNameType == UriHostNameType.IPv6 ? $"[{uri.IdnHost}]" : uri.IdnHost;
        return uri.IsDefaultPort ? host : string.Create(CultureInfo.InvariantCulture, $"{host}:{uri.Port}");
    }

    private static Uri RequireAbsolute(Uri? uri) =>
        uri is { IsAbsoluteUri: true } ? uri : throw new ArgumentException("A request is signed for an absolute URI.", nameof(uri));

    private static bool IsS3(string service) => service is "s3" or "s3-object-lambda" or "s3express" or "s3-outposts";

    private static void Replace(HttpRequestMessage request, string name, string value)
    {
        request.Headers.Remove(name);
        request.Headers.TryAddWithoutValidation(name, value);
    }

    private readonly record struct Header(string Name, string Value);

    private readonly record struct Parts(string Method, string Target, List<Header> Headers, string SignedHeaders, string Payload)
    {
        public void WriteTo(ref CanonicalBuffer canonical, bool isS3)
        {
            CanonicalTarget.TrySplit(Target, out var path, out var query);
            canonical.Append(Method);
            canonical.Append((byte)'\n');
            if (isS3)
            {
                CanonicalTarget.WritePathOnce(ref canonical, path);
            }
            else
            {
                CanonicalTarget.WritePath(ref canonical, path);
            }

            canonical.Append((byte)'\n');
            CanonicalTarget.WriteQuery(ref canonical, query);
            canonical.Append((byte)'\n');
            foreach (var header in Headers)
            {
                canonical.Append(header.Name);
                canonical.Append((byte)':');
                canonical.AppendCollapsed(header.Value);
                canonical.Append((byte)'\n');
            }

            canonical.Append((byte)'\n');
            canonical.Append(SignedHeaders);
            canonical.Append((byte)'\n');
            canonical.Append(Payload);
        }
    }
}
