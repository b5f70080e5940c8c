using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// The opening handshake of a server: RFC 6455 §4.2.1 over HTTP/1.1, RFC 8441 §5 over HTTP/2. Only judges; answers nothing.
/// </summary>
internal static class Handshake
{
    /// <summary>The only version there is (RFC 6455 §4.1).</summary>
    public const string Version = "13";

    /// <summary>Characters of a <c>Sec-WebSocket-Accept</c> value.</summary>
    public const int AcceptLength = 28;

    private const string WebSocketToken = "websocket";

    // 16 bytes in base64: 22 characters and two of padding.
    private const int KeyLength = 24;

    private static readonly SearchValues<char> Base64Characters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");

    // RFC 9110 §5.6.2.
    private static readonly SearchValues<char> TokenCharacters =
        SearchValues.Create("!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz");

    // RFC 6455 §1.3.
    private static ReadOnlySpan<byte> AcceptSuffix => "258EAFA5-E914-47DA-95CA-C5AB0DC85B11"u8;

    /// <summary>Whether the request asks for a WebSocket, well or badly; if not it is plain HTTP and <see cref="Check(HttpRequest)"/> has no say.</summary>
    public static bool IsWebSocketRequest(HttpRequest request) =>
        IsWebSocketRequest(request.Headers, ExtendedConnectProtocol(request));

    /// <inheritdoc cref="IsWebSocketRequest(HttpRequest)"/>
    public static bool IsWebSocketRequest(IHeaderDictionary headers, string? connectProtocol) => connectProtocol is null
        ? ContainsToken(headers.Upgrade, WebSocketToken)
        : string.Equals(connectProtocol, WebSocketToken, StringComparison.OrdinalIgnoreCase);

    /// <summary>Judges a request for a WebSocket.</summary>
    public static HandshakeOutcome Check(HttpRequest request) =>
        Check(request.Method, request.Protocol, request.Headers, ExtendedConnectProtocol(request));

    /// <summary>Judges a request for a WebSocket.</summary>
    /// <param name="method">As sent; methods are case-sensitive.</param>
    /// <param name="protocol"><c>HTTP/1.1</c> and so on, as <see cref="HttpRequest.Protocol"/>.</param>
    /// <param name="headers">One value for each line of a header.</param>
    /// <param name="connectProtocol">The <c>:protocol</c> of an extended CONNECT; <see langword="null"/> for any other request.</param>
    public static HandshakeOutcome Check(string method, string protocol, IHeaderDictionary headers, string? connectProtocol)
    {
        var isConnect = connectProtocol is not null;
        if (CheckRequestLine(method, protocol, connectProtocol) is { } refusal)
        {
            return refusal;
        }

        if (!isConnect && CheckUpgrade(headers) is { } badUpgrade)
        {
            return badUpgrade;
        }

        if (headers.SecWebSocketVersion is not [Version])
        {
            return new HandshakeOutcome(StatusCodes.Status426UpgradeRequired, "Sec-WebSocket-Version must be 13.");
        }

        if (!AreValidOffers(headers.SecWebSocketProtocol))
        {
            return BadRequest("Sec-WebSocket-Protocol is not a list of tokens.");
        }

        if (headers.Authorization.Count > 1)
        {
            // AWS's front door refuses this before anybody is asked: two readers could each take another of them.
            return BadRequest("Authorization must be there once at most.");
        }

        if (isConnect)
        {
            return new HandshakeOutcome(StatusCodes.Status200OK, "");
        }

        return headers.SecWebSocketKey is [{ } key] && IsValidKey(key)
            ? new HandshakeOutcome(StatusCodes.Status101SwitchingProtocols, "", key)
            : BadRequest("Sec-WebSocket-Key must be one base64 value of 16 bytes.");
    }

    /// <summary>The <c>Sec-WebSocket-Accept</c> that answers a valid key (RFC 6455 §4.2.2).</summary>
    public static string AcceptKey(string key) =>
        string.Create(AcceptLength, key, static (accept, key) => WriteAcceptKey(key, accept));

    /// <summary>As <see cref="AcceptKey"/>, into the first <see cref="AcceptLength"/> characters of <paramref name="accept"/>.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The key is not of the length that a valid key has, or the target is too short.</exception>
    [SuppressMessage("Security", "CA5350:Do Not Use Weak Cryptographic Algorithms", Justification = "RFC 6455 §4.2.2 names SHA-1; nothing is kept secret by it.")]
    public static void WriteAcceptKey(ReadOnlySpan<char> key, Span<char> accept)
    {
        ArgumentOutOfRangeException.ThrowIfNotEqual(key.Length, KeyLength);
        ArgumentOutOfRangeException.ThrowIfLessThan(accept.Length, AcceptLength);
        Span<byte> text = stackalloc byte[KeyLength + AcceptSuffix.Length];
        Encoding.ASCII.GetBytes(key, text);
        AcceptSuffix.CopyTo(text[KeyLength..]);
        Span<byte> hash = stackalloc byte[SHA1.HashSizeInBytes];
        SHA1.HashData(text, hash);
        Convert.TryToBase64Chars(hash, accept, out _);
    }

    /// <summary>Whether the text may be a subprotocol's name (RFC 9110 §5.6.2).</summary>
    public static bool IsToken(ReadOnlySpan<char> text) => !text.IsEmpty && !text.ContainsAnyExcept(TokenCharacters);

    private static HandshakeOutcome? CheckRequestLine(string method, string protocol, string? connectProtocol)
    {
        if (connectProtocol is not null)
        {
            return HttpProtocol.IsHttp2(protocol) && HttpMethods.IsConnect(method)
                && string.Equals(connectProtocol, WebSocketToken, StringComparison.OrdinalIgnoreCase)
                ? null
                : BadRequest("Only an HTTP/2 CONNECT with :protocol websocket opens a tunnel.");
        }

        // RFC 9110 §9.1: "get" is another method.
        if (!string.Equals(method, "GET", StringComparison.Ordinal))
        {
            return new HandshakeOutcome(StatusCodes.Status405MethodNotAllowed, "A WebSocket is opened with GET.");
        }

        return HttpProtocol.IsHttp11(protocol) ? null : BadRequest("A WebSocket is opened over HTTP/1.1, or HTTP/2 with extended CONNECT.");
    }

    private static HandshakeOutcome? CheckUpgrade(IHeaderDictionary headers)
    {
        if (headers.Host is not [{ Length: > 0 }])
        {
            return BadRequest("There must be one Host header.");
        }

        if (!ContainsToken(headers.Upgrade, WebSocketToken) || !ContainsToken(headers.Connection, "upgrade"))
        {
            return BadRequest("The headers must say Connection: Upgrade and Upgrade: websocket.");
        }

        // The bytes after the header are frames; a body there would be two readings of the same bytes.
        var isEmpty = headers.TransferEncoding.Count == 0 && (headers.ContentLength == 0 || !headers.ContainsKey(HeaderNames.ContentLength));
        return !isEmpty
            ? BadRequest("A request to upgrade has no body.")
            : null;
    }

    private static string? ExtendedConnectProtocol(HttpRequest request) =>
        request.HttpContext.Features.Get<IHttpExtendedConnectFeature>() is { IsExtendedConnect: true, Protocol: var protocol } ? protocol ?? "" : null;

    private static HandshakeOutcome BadRequest(string message) => new(StatusCodes.Status400BadRequest, message);

    private static bool ContainsToken(StringValues lines, string token)
    {
        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan()[range].Trim(" \t").Equals(token, StringComparison.OrdinalIgnoreCase))
                {
                    return true;
                }
            }
        }

        return false;
    }

    // Canonical only: the last character carries two bits, and the four after them must be zero.
    private static bool IsValidKey(ReadOnlySpan<char> key) =>
        key.Length == KeyLength
        && key.EndsWith("==", StringComparison.Ordinal)
        && !key[..22].ContainsAnyExcept(Base64Characters)
        && key[21] is 'A' or 'Q' or 'g' or 'w';

    // RFC 6455 §4.3: 1#token, which allows empty elements but not only those.
    private static bool AreValidOffers(StringValues lines)
    {
        var any = lines.Count == 0;
        foreach (var line in lines)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                var token = line.AsSpan()[range].Trim(" \t");
                if (token.ContainsAnyExcept(TokenCharacters))
                {
                    return false;
                }

                any |= !token.IsEmpty;
            }
        }

        return any;
    }
}
