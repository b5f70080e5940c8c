using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RealtimeGateway.Signing;

/// <summary>One way to read a request's target as its signer may have; the same bytes in every one.</summary>
/// <param name="path">The path on the wire.</param>
/// <param name="keepOddSegments">Whether empty and dot segments were signed as they are.</param>
/// <param name="query">The query on the wire.</param>
/// <param name="queryVerbatim">Whether the query was signed without encoding it anew.</param>
internal readonly ref struct CanonicalReading(ReadOnlySpan<char> path, bool keepOddSegments, ReadOnlySpan<char> query, bool queryVerbatim)
{
    private readonly ReadOnlySpan<char> _path = path;
    private readonly ReadOnlySpan<char> _query = query;

    /// <summary>Whether the request, read so, has the signature; compared in constant time.</summary>
    public bool Matches(
        HttpRequest request, in SigV4Claim claim, scoped ReadOnlySpan<char> payload,
        scoped ReadOnlySpan<byte> key, scoped ReadOnlySpan<byte> given)
    {
        var canonical = new CanonicalBuffer(stackalloc byte[1024]);
        try
        {
            canonical.Append(MethodOf(request));
            canonical.Append((byte)'\n');
            CanonicalTarget.WritePath(ref canonical, _path, keepOddSegments);
            canonical.Append((byte)'\n');
            CanonicalTarget.WriteQuery(ref canonical, _query, claim.IsPresigned ? "X-Amz-Signature" : default, queryVerbatim);
            canonical.Append((byte)'\n');
            CanonicalHeaders.Write(ref canonical, request, claim.SignedHeaders.Span);
            canonical.Append((byte)'\n');
            canonical.Append(claim.SignedHeaders.Span);
            canonical.Append((byte)'\n');
            canonical.Append(payload);
            Span<byte> expected = stackalloc byte[SigV4Signature.Size];
            SigV4Signature.Compute(key, claim.Time.Span, claim.Scope.Span, canonical.Written, expected);
            return CryptographicOperations.FixedTimeEquals(expected, given);
        }
        finally
        {
            canonical.Dispose();
        }
    }

    /// <summary>The request target as it came.</summary>
    public static string RawTargetOf(HttpRequest request) =>
        request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;

    // A WebSocket over HTTP/2 (RFC 8441 §4) arrives as CONNECT, where its client signed the GET of RFC 6455.
    private static string MethodOf(HttpRequest request) =>
        HttpMethods.IsConnect(request.Method) && request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true }
            ? HttpMethods.Get
            : request.Method;
}
