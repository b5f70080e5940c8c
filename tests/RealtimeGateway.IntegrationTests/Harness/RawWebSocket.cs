using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>How a TCP connection ended.</summary>
internal enum TcpEnd
{
    /// <summary>In order, by FIN.</summary>
    Fin,

    /// <summary>By RST.</summary>
    Reset,
}

/// <summary>One frame of the gateway.</summary>
internal sealed record RawFrame(int Opcode, bool IsFinal, byte[] Payload, bool IsMasked, int Reserved)
{
    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The status of a close frame; 1005 when it has none (RFC 6455 §7.1.5).</summary>
    public int CloseCode => Payload.Length < 2 ? 1005 : BinaryPrimitives.ReadUInt16BigEndian(Payload);

    public string CloseText => Payload.Length < 2 ? "" : Encoding.UTF8.GetString(Payload, 2, Payload.Length - 2);
}

/// <summary>What a message is made of on the wire (RFC 6455 §5.2).</summary>
internal static class Op
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;
}

/// <summary>A client that can send any bytes and sees every byte, and how TCP ended.</summary>
internal sealed class RawWebSocket : IDisposable
{
    private readonly Socket _socket;
    private byte[] _buffer = new byte[16 * 1024];
    private int _start;
    private int _end;

    private RawWebSocket(Socket socket) => _socket = socket;

    /// <summary>The head of the answer to the handshake, without the empty line.</summary>
    public string Head { get; private set; } = "";

    /// <summary>The body of an answer that is no 101.</summary>
    public byte[] Body { get; private set; } = [];

    public int Status => Head.Length < 12 ? 0 : int.Parse(Head.AsSpan(9, 3), System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>How TCP ended, once it did.</summary>
    public TcpEnd? End { get; private set; }

    public Socket Socket => _socket;

    /// <summary>Connects, and shakes hands as RFC 6455 §4.1 says.</summary>
    public static async Task<RawWebSocket> ConnectAsync(int port, string path, params string[] headers)
    {
        var client = await OpenAsync(port);
        await client.SendBytesAsync(Encoding.Latin1.GetBytes(Request(port, path, headers)));
        await client.ReadHeadAsync();
        return client;
    }

    /// <summary>Opens the TCP connection only.</summary>
    public static async Task<RawWebSocket> OpenAsync(int port, IPAddress? from = null, int receiveBuffer = 0)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        if (receiveBuffer > 0)
        {
            socket.ReceiveBufferSize = receiveBuffer;
        }

        if (from is not null)
        {
            socket.Bind(new IPEndPoint(from, 0));
        }

        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), TestContext.Current.CancellationToken);
        return new RawWebSocket(socket);
    }

    /// <summary>A handshake.</summary>
    public static string Request(int port, string path, params string[] headers)
    {
        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(16));
        var more = string.Concat(headers.Select(header => header + "\r\n"));
        return $"GET {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n"
            + $"Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: {key}\r\n{more}\r\n";
    }

    /// <summary>The value of one header of the answer; null when it is not there.</summary>
    public string? Header(string name) => Head.Split("\r\n").Skip(1)
        .Where(line => line.StartsWith(name + ":", StringComparison.OrdinalIgnoreCase))
        .Select(line => line[(name.Length + 1)..].Trim())
        .SingleOrDefault();

    public async Task SendBytesAsync(ReadOnlyMemory<byte> bytes)
    {
        while (bytes.Length > 0)
        {
            bytes = bytes[await _socket.SendAsync(bytes, SocketFlags.None, TestContext.Current.CancellationToken)..];
        }
    }

    /// <summary>One frame as bytes.</summary>
    public static byte[] Frame(int opcode, ReadOnlySpan<byte> payload, bool isFinal = true, bool isMasked = true, int reserved = 0)
    {
        var head = payload.Length < 126 ? 2 : payload.Length <= ushort.MaxValue ? 4 : 10;
        var frame = new byte[head + (isMasked ? 4 : 0) + payload.Length];
        frame[0] = (byte)((isFinal ? 0x80 : 0) | (reserved << 4) | opcode);
        frame[1] = (byte)((isMasked ? 0x80 : 0) | (head == 2 ? payload.Length : head == 4 ? 126 : 127));
        if (head == 4)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2), (ushort)payload.Length);
        }
        else if (head == 10)
        {
            BinaryPrimitives.WriteInt64BigEndian(frame.AsSpan(2), payload.Length);
        }

        var body = frame.AsSpan(head);
        if (isMasked)
        {
            ReadOnlySpan<byte> mask = [0x37, 0xfa, 0x21, 0x3d];
            mask.CopyTo(body);
            body = body[4..];
            for (var i = 0; i < payload.Length; i++)
            {
                body[i] = (byte)(payload[i] ^ mask[i & 3]);
            }
        }
        else
        {
            payload.CopyTo(body);
        }

        return frame;
    }

    /// <summary>The payload of a close frame.</summary>
    public static byte[] ClosePayload(int code, string reason = "") => [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];

    public Task SendTextAsync(string text) => SendBytesAsync(Frame(Op.Text, Encoding.UTF8.GetBytes(text)));

    public Task SendCloseAsync(int code, string reason = "") => SendBytesAsync(Frame(Op.Close, ClosePayload(code, reason)));

    /// <summary>The next frame; null when TCP ended before it.</summary>
    /// <param name="isPatient">Whether the first byte may come at any time.</param>
    public async Task<RawFrame?> ReadFrameAsync(bool isPatient = false)
    {
        if (!await FillAsync(2, isPatient))
        {
            return null;
        }

        var first = _buffer[_start];
        var second = _buffer[_start + 1];
        var length = second & 0x7f;
        var head = length < 126 ? 2 : length == 126 ? 4 : 10;
        if (!await FillAsync(head))
        {
            return null;
        }

        if (head == 4)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(_buffer.AsSpan(_start + 2));
        }
        else if (head == 10)
        {
            length = checked((int)BinaryPrimitives.ReadInt64BigEndian(_buffer.AsSpan(_start + 2)));
        }

        if (!await FillAsync(head + length))
        {
            return null;
        }

        var payload = _buffer.AsSpan(_start + head, length).ToArray();
        _start += head + length;
        return new RawFrame(first & 0xf, (first & 0x80) != 0, payload, (second & 0x80) != 0, (first >> 4) & 7);
    }

    /// <summary>The next frame, which must be text.</summary>
    public async Task<string> ReadTextAsync()
    {
        var frame = await ReadFrameAsync();
        Assert.NotNull(frame);
        Assert.Equal(Op.Text, frame.Opcode);
        Assert.True(frame.IsFinal);
        Assert.False(frame.IsMasked);
        Assert.Equal(0, frame.Reserved);
        return frame.Text;
    }

    /// <summary>The next frame, which must be a close frame.</summary>
    public async Task<RawFrame> ReadCloseAsync()
    {
        var frame = await ReadFrameAsync();
        Assert.True(frame is not null, $"TCP ended by {End} before a close frame.");
        Assert.Equal(Op.Close, frame.Opcode);
        Assert.True(frame.IsFinal);
        return frame;
    }

    /// <summary>Waits for the end of TCP; nothing but it may come.</summary>
    public async Task<TcpEnd> ReadEndAsync()
    {
        Assert.False(await FillAsync(1), "Bytes came after the close frame.");
        return End!.Value;
    }

    /// <summary>Closes as a good client does, and waits for the end.</summary>
    public async Task<RawFrame> CloseAsync(int code = 1000, string reason = "")
    {
        await SendCloseAsync(code, reason);
        var answer = await ReadCloseAsync();
        Assert.Equal(TcpEnd.Fin, await ReadEndAsync());
        return answer;
    }

    /// <summary>Ends TCP by RST.</summary>
    public void Reset()
    {
        _socket.LingerState = new LingerOption(true, 0);
        _socket.Dispose();
    }

    /// <summary>Ends our half of TCP.</summary>
    public void Finish() => _socket.Shutdown(SocketShutdown.Send);

    public void Dispose() => _socket.Dispose();

    /// <summary>Reads the head of an HTTP answer, and its body when it is no 101.</summary>
    public async Task ReadHeadAsync()
    {
        var length = 0;
        while (true)
        {
            var end = _buffer.AsSpan(_start, _end - _start).IndexOf("\r\n\r\n"u8);
            if (end >= 0)
            {
                length = end;
                break;
            }

            if (!await FillAsync(_end - _start + 1))
            {
                return;
            }
        }

        Head = Encoding.Latin1.GetString(_buffer, _start, length);
        _start += length + 4;
        if (Status != 101)
        {
            await ReadBodyAsync();
        }
    }

    private async Task ReadBodyAsync()
    {
        if (Header("Content-Length") is { } text)
        {
            var length = int.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
            await FillAsync(length);
            Body = _buffer.AsSpan(_start, length).ToArray();
            _start += length;
        }
        else if (Header("Transfer-Encoding") is not null)
        {
            while (!_buffer.AsSpan(_start, _end - _start).EndsWith("0\r\n\r\n"u8) && await FillAsync(_end - _start + 1))
            {
            }

            Body = _buffer.AsSpan(_start, _end - _start).ToArray();
            _start = _end;
        }
        else if (Header("Connection") is "close")
        {
            // RFC 9112 §6.3: to an HTTP/1.0 client the end of TCP is the end of the body.
            while (await FillAsync(_end - _start + 1))
            {
            }

            Body = _buffer.AsSpan(_start, _end - _start).ToArray();
            _start = _end;
        }
    }

    /// <summary>Has at least so many bytes in the buffer, or returns false because TCP ended.</summary>
    private async Task<bool> FillAsync(int count, bool isPatient = false)
    {
        while (_end - _start < count)
        {
            if (End is not null)
            {
                return false;
            }

            if (_start > 0)
            {
                Buffer.BlockCopy(_buffer, _start, _buffer, 0, _end - _start);
                (_start, _end) = (0, _end - _start);
            }

            if (_buffer.Length < count)
            {
                Array.Resize(ref _buffer, Math.Max(count, _buffer.Length * 2));
            }

            try
            {
                using var patience = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
                patience.CancelAfter(isPatient ? Timeout.InfiniteTimeSpan : Patience.Limit);
                var read = await _socket.ReceiveAsync(_buffer.AsMemory(_end), SocketFlags.None, patience.Token);
                _end += read;
                End = read == 0 ? TcpEnd.Fin : null;
            }
            catch (SocketException exception) when (exception.SocketErrorCode is SocketError.ConnectionReset or SocketError.ConnectionAborted)
            {
                End = TcpEnd.Reset;
            }
            catch (OperationCanceledException) when (!TestContext.Current.CancellationToken.IsCancellationRequested)
            {
                throw new TimeoutException($"Waited {Patience.Limit.TotalSeconds} s for bytes of the gateway.");
            }
        }

        return true;
    }
}
