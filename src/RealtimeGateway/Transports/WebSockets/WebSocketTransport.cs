using System.Buffers;
using System.IO.Pipelines;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// One WebSocket over a duplex pipe: reads frames and hands messages to the dispatcher, writes what the connection sends. Works on any
/// pipe, so the same code serves HTTP/1.1 upgrades and HTTP/2 streams.
/// </summary>
internal sealed partial class WebSocketTransport : IClientTransport, IDisposable
{
    private readonly IDuplexPipe _pipe;
    private readonly Action _abort;
    private readonly MessageDispatcher _dispatcher;
    private readonly TimeProvider _time;
    private readonly ILogger _log;
    private readonly MessageReader _reader = new(MessageReaderLimits.Default);

    private CompiledStage? _stage;
    private byte[]? _peerClose;
    private long _pingWindowStart;
    private int _pingsInWindow;

    /// <summary>Wraps a pipe.</summary>
    /// <param name="pipe">Carries the bytes after the handshake; not touched before <see cref="RunAsync"/> or a write.</param>
    /// <param name="abort">Cuts the pipe, from any thread, so that reads and writes under way end.</param>
    /// <param name="dispatcher">Takes the messages.</param>
    /// <param name="time">Tells how fast pings come.</param>
    /// <param name="log">Takes what must not happen.</param>
    public WebSocketTransport(IDuplexPipe pipe, Action abort, MessageDispatcher dispatcher, TimeProvider time, ILogger log)
    {
        _pipe = pipe;
        _abort = abort;
        _dispatcher = dispatcher;
        _time = time;
        _log = log;
    }

    /// <inheritdoc/>
    public void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary) =>
        FrameWriter.WriteMessage(_pipe.Output, isBinary ? Opcode.Binary : Opcode.Text, payload);

    /// <inheritdoc/>
    // A server's frames are not masked (RFC 6455 §5.1), so the same bytes serve everyone.
    public byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary) => FrameWriter.EncodeMessage(isBinary ? Opcode.Binary : Opcode.Text, payload);

    /// <inheritdoc/>
    public void WriteEncoded(ReadOnlySpan<byte> message) => _pipe.Output.Write(message);

    /// <inheritdoc/>
    public void WritePing() => FrameWriter.WritePing(_pipe.Output, default);

    /// <inheritdoc/>
    public void WritePong(ReadOnlySpan<byte> payload) => FrameWriter.WritePong(_pipe.Output, payload);

    /// <inheritdoc/>
    public void WriteClose(CloseReason reason)
    {
        // RFC 6455 §5.5.1 has the answer to a close frame echo its status; AWS echoes all of it.
        if (_peerClose is { } payload)
        {
            FrameWriter.WriteCloseEcho(_pipe.Output, payload);
        }
        else
        {
            FrameWriter.WriteClose(_pipe.Output, reason);
        }
    }

    /// <inheritdoc/>
    public ValueTask<FlushResult> FlushAsync() => _pipe.Output.FlushAsync();

    /// <inheritdoc/>
    public void End() => _pipe.Input.CancelPendingRead();

    /// <inheritdoc/>
    public void Abort() => _abort();

    /// <inheritdoc/>
    public void Dispose() => _reader.Dispose();

    /// <summary>Reads until the client is gone or the closing handshake is done, and all that is still to be written is. Never throws.</summary>
    /// <param name="session">The connection, ready to be written to unless <paramref name="ended"/> says otherwise.</param>
    /// <param name="ended">
    /// Null where the caller does what comes before and after. Else the answer to the handshake is in the pipe and goes out first, and at the end this is
    /// disposed of and <paramref name="ended"/> told: a method around this one that did it would keep its state for as long as the connection lives.
    /// </param>
    public async Task RunAsync(Session session, Action<Session>? ended = null)
    {
        var connection = session.Connection;
        var isOutputUsable = false;
        try
        {
            var isAnswered = ended is null || await TryAnswerAsync(connection);
            while (isAnswered)
            {
                var result = await _pipe.Input.ReadAsync();
                connection.Heard();
                // Kept apart from the result, which an idle connection would else hold while it waits for the next.
                var isLast = result.IsCompleted || result.IsCanceled;
                if (await ReceiveAsync(session, result.Buffer))
                {
                    break;
                }

                if (isLast)
                {
                    isOutputUsable = true;
                    break;
                }
            }
        }
        catch (Exception exception) when (TransportLoss.Is(exception))
        {
            // The transport broke: an end without a close frame.
        }
        catch (Exception exception)
        {
            // A bug of ours must cost no more than this connection.
            Log.Faulted(_log, exception, connection.Id);
            _ = connection.Close(CloseReason.InternalError);
            isOutputUsable = true;
        }
        finally
        {
            // A client that ended only its own half of TCP still hears our close frame; the sweeper bounds how long it may take.
            if (_peerClose is null && !(isOutputUsable && connection.IsClosing))
            {
                // Nobody is left to read: what a writer still tries must not hold us up.
                connection.TransportEnded();
                _abort();
            }

            await connection.WaitForWriterAsync();
        }

        if (ended is not null)
        {
            Dispose();
            ended(session);
        }
    }

    /// <summary>Sends the answer to the handshake, which is in the pipe. <see langword="false"/> when the client has left before.</summary>
    private async ValueTask<bool> TryAnswerAsync(Connection connection)
    {
        try
        {
            if (!(await _pipe.Output.FlushAsync()).IsCompleted)
            {
                return true;
            }
        }
        catch (Exception exception) when (TransportLoss.Is(exception) || exception is InvalidOperationException)
        {
            // The client has left.
        }
        finally
        {
            // Whatever happened, the connection must not wait for it any longer.
            connection.TransportReady();
        }

        return false;
    }

    /// <summary>Takes in what one read brought. Returns whether the conversation is over.</summary>
    private async ValueTask<bool> ReceiveAsync(Session session, ReadOnlySequence<byte> buffer)
    {
        var connection = session.Connection;
        FollowStage(session.Slot.Current);
        if (_reader.IsEnded && EndsInCloseFrame(buffer))
        {
            // After a violation frames cannot be told apart any more, but clients answer our close frame with theirs, and send nothing after it.
            _peerClose = [];
            return true;
        }

        connection.BeginBatch();
        while (true)
        {
            var status = _reader.Read(ref buffer);
            if (status == ReadStatus.NeedMore)
            {
                connection.EndBatch();
                _pipe.Input.AdvanceTo(buffer.End);
                return false;
            }

            if (status == ReadStatus.Message)
            {
                var pending = ReceiveMessage(session);
                if (!pending.IsCompletedSuccessfully)
                {
                    connection.EndBatch();
                    connection.IsReadPaused = true;
                    await pending;
                    connection.IsReadPaused = false;
                    connection.Heard();
                    connection.BeginBatch();
                }
            }
            else if (ReceiveControl(connection, status))
            {
                // Where the connection had been cut meanwhile, nobody else has ended the batch, and its end would be waited for.
                connection.EndBatch();
                _pipe.Input.AdvanceTo(buffer.End);
                return true;
            }
        }
    }

    private ValueTask ReceiveMessage(Session session)
    {
        session.Connection.Active();
        var message = _reader.TakeMessage();
        if (session.Connection.IsOpen)
        {
            return _dispatcher.DispatchAsync(session, new PooledBytes(message.Array, message.Length), message.IsBinary);
        }

        // RFC 6455 §5.5.1: after our close frame, data still under way may be discarded.
        message.Return();
        return default;
    }

    private bool ReceiveControl(Connection connection, ReadStatus status)
    {
        switch (status)
        {
            case ReadStatus.Ping when IsPingFlood(connection):
                _ = connection.Close(CloseReason.TooManyPings);
                return false;
            case ReadStatus.Ping:
                if (connection.Limits.PingsKeepAlive)
                {
                    connection.Active();
                }

                connection.SendPong(_reader.ControlPayload);
                return false;
            case ReadStatus.Close:
                _peerClose = _reader.ControlPayload.ToArray();
                connection.PeerClosed(_reader.PeerClose);
                return true;
            case ReadStatus.Violation:
                _ = connection.Close(_reader.Violation);
                return false;
            default:
                // A pong: that the client was heard is all it says.
                return false;
        }
    }

    private bool IsPingFlood(Connection connection)
    {
        var now = _time.GetTimestamp();
        if (_pingWindowStart == 0 || _time.GetElapsedTime(_pingWindowStart, now) >= TimeSpan.FromSeconds(1))
        {
            _pingWindowStart = now;
            _pingsInWindow = 0;
        }

        return ++_pingsInWindow > connection.Limits.MaxPingsPerSecond && connection.Limits.MaxPingsPerSecond > 0;
    }

    private void FollowStage(CompiledStage stage)
    {
        if (ReferenceEquals(_stage, stage))
        {
            return;
        }

        _stage = stage;
        _reader.Limits = new MessageReaderLimits(
            stage.Limits.MaxFrameBytes, stage.Limits.MaxMessageBytes, stage.Limits.MaxFragments, stage.AllowBinary);
    }

    /// <summary>Whether the last bytes are a whole close frame of a client. Random bytes that look so by chance only end the wait for one.</summary>
    private static bool EndsInCloseFrame(ReadOnlySequence<byte> buffer)
    {
        const int MaxSize = 2 + sizeof(uint) + FrameHeader.MaxControlPayload;
        Span<byte> tail = stackalloc byte[(int)Math.Min(buffer.Length, MaxSize)];
        buffer.Slice(buffer.Length - tail.Length).CopyTo(tail);
        for (var start = tail.Length - 1; start >= 0; start--)
        {
            if (FrameReader.TryRead(tail[start..], masked: true, FrameHeader.MaxControlPayload, out var header) == FrameStatus.Complete
                && header.Opcode == Opcode.Close
                && tail.Length - start == header.Size + header.PayloadLength)
            {
                return true;
            }
        }

        return false;
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.ConnectionFaulted, LogLevel.Error, "The connection {ConnectionId} failed by a fault of the gateway.")]
        public static partial void Faulted(ILogger logger, Exception exception, ConnectionId connectionId);
    }
}
