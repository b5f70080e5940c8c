using System.Buffers;
using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Server.Connect;

/// <summary>
/// The client's side of one WebSocket (RFC 6455) on the gateway's own codec, since the framework's client hides pings, pongs and how a connection closed.
/// One reader at a time; any number of senders.
/// </summary>
internal sealed class ClientSocket(Stream stream, string? subprotocol) : IAsyncDisposable
{
    /// <summary>The largest message taken, in bytes.</summary>
    private const int MaxMessageBytes = 256 * 1024 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _received = new byte[16 * 1024];
    private int _start;
    private int _end;

    /// <summary>The subprotocol that the server chose.</summary>
    public string? Subprotocol => subprotocol;

    /// <summary>Sends a message in one frame.</summary>
    public Task SendAsync(ReadOnlyMemory<byte> message, bool isBinary, CancellationToken cancellationToken) =>
        WriteAsync(isBinary ? Opcode.Binary : Opcode.Text, message, cancellationToken);

    /// <summary>Sends a ping.</summary>
    public Task PingAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => WriteAsync(Opcode.Ping, payload, cancellationToken);

    /// <summary>Sends a pong.</summary>
    public Task PongAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => WriteAsync(Opcode.Pong, payload, cancellationToken);

    /// <summary>Sends a close frame; the server's own answer comes by <see cref="ReceiveAsync"/>.</summary>
    public Task CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        var payload = new byte[sizeof(ushort) + Encoding.UTF8.GetByteCount(reason.Reason)];
        BinaryPrimitives.WriteUInt16BigEndian(payload, reason.Code);
        Encoding.UTF8.GetBytes(reason.Reason, payload.AsSpan(sizeof(ushort)));
        return WriteAsync(Opcode.Close, payload, cancellationToken);
    }

    /// <summary>Answers a close frame with its own payload.</summary>
    public Task EchoCloseAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken) => WriteAsync(Opcode.Close, payload, cancellationToken);

    /// <summary>Receives a message or a control frame; <see langword="null"/> when the connection ended without a close frame.</summary>
    /// <exception cref="SocketFaultException">The server broke the protocol.</exception>
    public async Task<Received?> ReceiveAsync(CancellationToken cancellationToken)
    {
        var message = _message;
        while (await ReadHeaderAsync(cancellationToken) is { } header)
        {
            if (message.WrittenCount + header.PayloadLength > MaxMessageBytes)
            {
                throw new SocketFaultException($"the server sends a message of more than {MaxMessageBytes} bytes");
            }

            if (header.IsControl)
            {
                var payload = new ArrayBufferWriter<byte>(FrameHeader.MaxControlPayload);
                return await ReadPayloadAsync(header.PayloadLength, payload, cancellationToken) ? new(header.Opcode, payload.WrittenMemory) : null;
            }

            if ((header.Opcode == Opcode.Continuation) != (_messageOpcode is not null))
            {
                throw new SocketFaultException("the server sends the fragments of two messages mixed");
            }

            _messageOpcode ??= header.Opcode;
            if (!await ReadPayloadAsync(header.PayloadLength, message, cancellationToken))
            {
                return null;
            }

            if (header.IsFinal)
            {
                var received = new Received(_messageOpcode.Value, message.WrittenSpan.ToArray());
                message.ResetWrittenCount();
                _messageOpcode = null;
                return received;
            }
        }

        return null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await stream.DisposeAsync();
        _writing.Dispose();
    }

    // A control frame may stand between the fragments of a message, so they outlast one call.
    private readonly ArrayBufferWriter<byte> _message = new();
    private Opcode? _messageOpcode;

    private async Task<FrameHeader?> ReadHeaderAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            switch (FrameReader.TryRead(_received.AsSpan(_start, _end - _start), masked: false, MaxMessageBytes, out var header))
            {
                case FrameStatus.Complete:
                    _start += header.Size;
                    return header;
                case FrameStatus.NeedMore:
                    if (!await FillAsync(cancellationToken))
                    {
                        return null;
                    }

                    break;
                case FrameStatus.TooBig:
                    throw new SocketFaultException($"the server announces a frame of {header.PayloadLength} bytes");
                default:
                    throw new SocketFaultException("the server sends what is no frame of a server");
            }
        }
    }

    private async Task<bool> ReadPayloadAsync(long length, ArrayBufferWriter<byte> payload, CancellationToken cancellationToken)
    {
        while (length > 0)
        {
            if (_start == _end && !await FillAsync(cancellationToken))
            {
                return false;
            }

            var portion = (int)Math.Min(length, _end - _start);
            payload.Write(_received.AsSpan(_start, portion));
            _start += portion;
            length -= portion;
        }

        return true;
    }

    private async Task<bool> FillAsync(CancellationToken cancellationToken)
    {
        // At most a part of a header is left, so there is room behind it.
        _received.AsSpan(_start, _end - _start).CopyTo(_received);
        (_start, _end) = (0, _end - _start);
        try
        {
            var count = await stream.ReadAsync(_received.AsMemory(_end), cancellationToken);
            _end += count;
            return count > 0;
        }
        catch (IOException)
        {
            // A reset ends the connection like an end does: without a close frame.
            return false;
        }
    }

    private async Task WriteAsync(Opcode opcode, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        var frame = new ArrayBufferWriter<byte>(payload.Length + FrameReader.MaxHeaderSize);
        FrameWriter.WriteMaskedFrame(frame, opcode, isFinal: true, payload.Span, BitConverter.ToUInt32(RandomNumberGenerator.GetBytes(sizeof(uint))));
        await _writing.WaitAsync(cancellationToken);
        try
        {
            await stream.WriteAsync(frame.WrittenMemory, cancellationToken);
            await stream.FlushAsync(cancellationToken);
        }
        catch (IOException)
        {
            // The connection has ended; whoever receives sees how.
        }
        finally
        {
            _writing.Release();
        }
    }
}

/// <summary>What came: a whole message, or a control frame.</summary>
internal readonly record struct Received(Opcode Opcode, ReadOnlyMemory<byte> Payload);
