using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Load.WebSockets;

/// <summary>The client's half of the opening handshake (RFC 6455 §4.1), as bytes.</summary>
internal sealed class ClientHandshake
{
    private const string AcceptGuid = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    // One nonce for the run: it guards against caches between the two, and there are none on loopback.
    private readonly string _key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
    private readonly string _accept;

    public ClientHandshake(Uri uri, IEnumerable<string> headers)
    {
#pragma warning disable CA5350 // RFC 6455 §4.2.2 prescribes SHA-1; nothing is kept secret by it.
        _accept = Convert.ToBase64String(SHA1.HashData(Encoding.ASCII.GetBytes(_key + AcceptGuid)));
#pragma warning restore CA5350
        var text = new StringBuilder()
            .Append("GET ").Append(uri.PathAndQuery).Append(" HTTP/1.1\r\nHost: ").Append(uri.Authority)
            .Append("\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: ").Append(_key).Append("\r\n");
        foreach (var header in headers)
        {
            text.Append(header).Append("\r\n");
        }

        Request = Encoding.ASCII.GetBytes(text.Append("\r\n").ToString());
    }

    public byte[] Request { get; }

    /// <summary>What is wrong with the answer; <see langword="null"/> when the connection is open.</summary>
    public string? Check(ReadOnlySpan<byte> head)
    {
        var lines = Encoding.Latin1.GetString(head).Split("\r\n");
        if (!lines[0].StartsWith("HTTP/1.1 101", StringComparison.Ordinal))
        {
            return $"handshake: {lines[0]}";
        }

        foreach (var line in lines)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            if (colon > 0 && line.AsSpan(0, colon).Equals("Sec-WebSocket-Accept", StringComparison.OrdinalIgnoreCase))
            {
                return line.AsSpan(colon + 1).Trim().SequenceEqual(_accept) ? null : "handshake: wrong Sec-WebSocket-Accept";
            }
        }

        return "handshake: no Sec-WebSocket-Accept";
    }
}
