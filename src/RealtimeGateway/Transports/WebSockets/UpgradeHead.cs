using System.Buffers;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http;
using Microsoft.Extensions.Primitives;
using KestrelMethod = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpMethod;
using KestrelVersion = Microsoft.AspNetCore.Server.Kestrel.Core.Internal.Http.HttpVersion;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// The head of a request that asks for a WebSocket and for nothing else, read before Kestrel's HTTP has seen it. Only the plain form is one: whatever could
/// be read in two ways, or refused, is left to Kestrel, which then sees every byte of it.
/// </summary>
internal sealed class UpgradeHead : IHttpRequestLineHandler, IHttpHeadersHandler
{
    /// <summary>A longer head is Kestrel's.</summary>
    public const int MaxBytes = 16 * 1024;

    private static readonly HttpParser<UpgradeHead> Parser = new();

    // RFC 3986 §3.3 and §3.4 without percent signs and dot segments' room for doubt in the path; a query may hold what it likes.
    private static readonly SearchValues<byte> PathBytes =
        SearchValues.Create("/-_~!$&'()*+,;=:@0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> HostBytes =
        SearchValues.Create("-._:[]0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"u8);

    private static readonly SearchValues<byte> VisibleBytes = SearchValues.Create([.. Enumerable.Range(0x21, 0x7f - 0x21).Select(value => (byte)value)]);

    private static readonly SearchValues<byte> HeadBytes =
        SearchValues.Create([(byte)'\t', (byte)'\r', (byte)'\n', .. Enumerable.Range(0x20, 0x7f - 0x20).Select(value => (byte)value)]);

    private bool _isPlain;
    private int _headers;

    private UpgradeHead()
    {
    }

    /// <summary>The target in origin form, as it came.</summary>
    public string Target { get; private set; } = "";

    /// <summary>Where the query begins in <see cref="Target"/>, at its question mark; the length when there is none.</summary>
    public int PathLength { get; private set; }

    /// <summary>The headers, one value for each line.</summary>
    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    /// <summary>Looks at the bytes that a connection begins with.</summary>
    /// <param name="buffer">All that has come.</param>
    /// <param name="limits">Kestrel's bounds; what passes one is Kestrel's to refuse.</param>
    /// <param name="head">The head, when the answer is its length.</param>
    /// <returns>The length of the head in bytes; 0 when more must come; -1 when it is Kestrel's.</returns>
    public static int Read(in ReadOnlySequence<byte> buffer, KestrelServerLimits limits, out UpgradeHead? head)
    {
        head = null;
        if (buffer.IsSingleSegment)
        {
            return Read(buffer.FirstSpan, buffer, limits, out head);
        }

        var length = (int)Math.Min(buffer.Length, MaxBytes + 1);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            buffer.Slice(0, length).CopyTo(copy);
            return Read(copy.AsSpan(0, length), new ReadOnlySequence<byte>(copy, 0, length), limits, out head);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    /// <inheritdoc/>
    public void OnStartLine(HttpVersionAndMethod versionAndMethod, TargetOffsetPathLength targetPath, Span<byte> startLine)
    {
        var target = startLine[targetPath.Offset..];
        // The span ends with the target in some versions and with the line in others.
        var end = target.IndexOf((byte)' ');
        target = end < 0 ? target : target[..end];
        var query = target.IndexOf((byte)'?');
        var path = query < 0 ? target : target[..query];
        _isPlain = versionAndMethod.Method == KestrelMethod.Get && versionAndMethod.Version == KestrelVersion.Http11
            && path is [(byte)'/', ..] && !path.ContainsAnyExcept(PathBytes) && !target.ContainsAnyExcept(VisibleBytes) && !target.Contains((byte)'#');
        if (_isPlain)
        {
            Target = Encoding.ASCII.GetString(target);
            PathLength = path.Length;
        }
    }

    /// <inheritdoc/>
    public void OnHeader(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        _headers++;
        var text = Encoding.ASCII.GetString(name);
        _isPlain &= Handshake.IsToken(text);
        Headers[text] = StringValues.Concat(Headers[text], Encoding.ASCII.GetString(value));
    }

    /// <inheritdoc/>
    public void OnHeadersComplete(bool endStream)
    {
    }

    /// <inheritdoc/>
    public void OnStaticIndexedHeader(int index) => throw new NotSupportedException();

    /// <inheritdoc/>
    public void OnStaticIndexedHeader(int index, ReadOnlySpan<byte> value) => throw new NotSupportedException();

    private static int Read(ReadOnlySpan<byte> bytes, in ReadOnlySequence<byte> sequence, KestrelServerLimits limits, out UpgradeHead? head)
    {
        head = null;
        var start = "GET "u8;
        if (!bytes.StartsWith(start[..Math.Min(bytes.Length, start.Length)]))
        {
            return -1;
        }

        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            // Kestrel may see an end where there is a lone LF, and must not be kept from it.
            return bytes.Length >= MaxBytes || !HasPlainLines(bytes) ? -1 : 0;
        }

        var length = end + 4;
        if (length > MaxBytes || !HasPlainLines(bytes[..length]))
        {
            return -1;
        }

        var lineLength = bytes.IndexOf("\r\n"u8) + 2;
        var read = new UpgradeHead();
        if (lineLength > limits.MaxRequestLineSize || length - lineLength > limits.MaxRequestHeadersTotalSize
            || !read.TryParse(sequence.Slice(0, length)) || read._headers > limits.MaxRequestHeaderCount || !read.IsUpgrade())
        {
            return -1;
        }

        head = read;
        return length;
    }

    /// <summary>Printable ASCII in lines that end with CR LF, the last perhaps cut, and nothing else that anyone could take for an end of line.</summary>
    private static bool HasPlainLines(ReadOnlySpan<byte> head)
    {
        if (head.ContainsAnyExcept(HeadBytes))
        {
            return false;
        }

        var lines = head.Count("\r\n"u8);
        return head.Count((byte)'\r') == lines + (head is [.., (byte)'\r'] ? 1 : 0) && head.Count((byte)'\n') == lines;
    }

    private bool TryParse(in ReadOnlySequence<byte> sequence)
    {
        var reader = new SequenceReader<byte>(sequence);
        try
        {
            return Parser.ParseRequestLine(this, ref reader) && Parser.ParseHeaders(this, ref reader) && reader.End;
        }
        catch (Microsoft.AspNetCore.Http.BadHttpRequestException)
        {
            // Kestrel will find the same, and say so.
            return false;
        }
    }

    /// <summary>Whether it is plainly a request for a WebSocket, with one host and no word of a body.</summary>
    private bool IsUpgrade() =>
        _isPlain
        && Headers.Host is [{ Length: > 0 } host] && IsPlainHost(host)
        && !Headers.ContainsKey("Content-Length") && !Headers.ContainsKey("Transfer-Encoding") && !Headers.ContainsKey("Expect")
        && Handshake.IsWebSocketRequest(Headers, connectProtocol: null)
        && Handshake.Check("GET", "HTTP/1.1", Headers, connectProtocol: null).IsAccepted;

    private static bool IsPlainHost(string host)
    {
        Span<byte> bytes = stackalloc byte[256];
        return host.Length <= bytes.Length && !bytes[..Encoding.ASCII.GetBytes(host, bytes)].ContainsAnyExcept(HostBytes)
            // What Kestrel would read otherwise, or refuse, is Kestrel's.
            && HostString.FromUriComponent(host) is var parsed && parsed.Host.Length > 0 && host.Count(':') <= 1 == !host.Contains('[');
    }
}
