using System.Globalization;
using System.Net;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Server.Client;

namespace RealtimeGateway.Server.Connect;

/// <summary>Opens a WebSocket (RFC 6455 §4.1), or tells what the server answered instead.</summary>
/// <param name="url">A ws or wss URL.</param>
/// <param name="headers">Headers to send, as <c>Name: value</c>.</param>
/// <param name="subprotocols">Subprotocols to offer.</param>
/// <param name="signer">Signs the handshake for routes with <c>AWS_IAM</c>; <see langword="null"/>: it goes unsigned.</param>
internal sealed class ClientHandshake(Uri url, IReadOnlyList<string> headers, IReadOnlyList<string> subprotocols, CallerCredentials? signer)
{
    /// <summary>The longest part of a refusal's body that is read, in bytes.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Opens the socket.</summary>
    /// <exception cref="HttpRequestException">The server cannot be reached.</exception>
    /// <exception cref="SocketFaultException">It answers against RFC 6455.</exception>
    public async Task<HandshakeResult> OpenAsync(HttpMessageInvoker http, CancellationToken cancellationToken)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        using var request = MakeRequest(key);
        var response = await http.SendAsync(request, cancellationToken);
        if (response.StatusCode != HttpStatusCode.SwitchingProtocols)
        {
            using (response)
            {
                return new(Socket: null, await RefusalAsync(response, cancellationToken));
            }
        }

        // RFC 6455 §4.2.2: proof that the server understood, not merely passed on.
        if (Header(response, "Sec-WebSocket-Accept") != Accept(key))
        {
            response.Dispose();
            throw new SocketFaultException("the server switches protocols without proof that it speaks WebSocket (Sec-WebSocket-Accept)");
        }

        var chosen = Header(response, "Sec-WebSocket-Protocol");
        if (chosen is not null && !subprotocols.Contains(chosen, StringComparer.Ordinal))
        {
            response.Dispose();
            throw new SocketFaultException($"the server chose the subprotocol '{chosen}', which was not offered");
        }

        // The response is the connection from here on; it ends with its stream.
        return new(new ClientSocket(await response.Content.ReadAsStreamAsync(cancellationToken), chosen), Refusal: null);
    }

    private HttpRequestMessage MakeRequest(string key)
    {
        var request = new HttpRequestMessage(HttpMethod.Get, url) { Version = HttpVersion.Version11, VersionPolicy = HttpVersionPolicy.RequestVersionExact };
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':', StringComparison.Ordinal);
            var (name, value) = (header[..colon].Trim(), header[(colon + 1)..].Trim());
            if (name.Equals("Host", StringComparison.OrdinalIgnoreCase))
            {
                request.Headers.Host = value;
            }
            else
            {
                request.Headers.TryAddWithoutValidation(name, value);
            }
        }

        signer?.AddTo(request, [], "execute-api");
        request.Headers.TryAddWithoutValidation("Connection", "Upgrade");
        request.Headers.TryAddWithoutValidation("Upgrade", "websocket");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Version", "13");
        request.Headers.TryAddWithoutValidation("Sec-WebSocket-Key", key);
        if (subprotocols.Count > 0)
        {
            request.Headers.TryAddWithoutValidation("Sec-WebSocket-Protocol", string.Join(", ", subprotocols));
        }

        return request;
    }

    private static async Task<HandshakeRefusal> RefusalAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        await using var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var bytes = new byte[MaxBodyBytes];
        var count = await body.ReadAtLeastAsync(bytes, bytes.Length, throwOnEndOfStream: false, cancellationToken);
        return new((int)response.StatusCode, response.ReasonPhrase ?? "", Encoding.UTF8.GetString(bytes, 0, count));
    }

    private static string? Header(HttpResponseMessage response, string name) =>
        response.Headers.TryGetValues(name, out var values) ? string.Join(", ", values) : null;

#pragma warning disable CA5350 // RFC 6455 §1.3 fixes SHA-1 here; it proves nothing but that the server read the header.
    private static string Accept(string key) =>
        Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11"))));
#pragma warning restore CA5350
}

/// <summary>One of the two: an open socket, or what was answered instead.</summary>
internal readonly record struct HandshakeResult(ClientSocket? Socket, HandshakeRefusal? Refusal);

/// <summary>An answer to the handshake that is not 101.</summary>
internal sealed record HandshakeRefusal(int Status, string Reason, string Body);
