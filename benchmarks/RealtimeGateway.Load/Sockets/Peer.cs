using System.Buffers;
using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Load.Sockets;

/// <summary>One TCP (or TLS) connection on an <see cref="EventLoop"/>: bytes in, bytes out, and one word on why it ended.</summary>
internal abstract unsafe class Peer
{
    /// <summary>Output that the kernel did not take is kept up to here; beyond it the server is not reading and sending is an error.</summary>
    private const int MaxUnsentBytes = 1024 * 1024;

    private readonly EventLoop _loop;
    private int _fd = -1;
    private int _slot;
    private bool _isConnecting;
    private byte[]? _unsent;
    private int _unsentStart;
    private int _unsentEnd;
    private TlsFilter? _tls;

    protected Peer(EventLoop loop) => _loop = loop;

    /// <summary>Whether the connection has a descriptor, connected or about to be.</summary>
    public bool IsAlive => _fd >= 0;

    /// <summary>When <see cref="Open"/> was called, as a <see cref="Stopwatch"/> timestamp.</summary>
    public long OpenedAt { get; private set; }

    /// <summary>Starts to connect. Ends in <see cref="Connected"/> or <see cref="Ended"/>, never in both nor an exception.</summary>
    public void Open(Target target, int index)
    {
        OpenedAt = Stopwatch.GetTimestamp();
        var address = target.Address;
        _fd = Libc.Socket(address[0] | (address[1] << 8), Libc.SocketStream | Libc.SocketNonBlock | Libc.SocketCloseOnExec, Libc.LevelTcp);
        if (_fd < 0)
        {
            Ended(Failure.FromErrno("socket", Marshal.GetLastPInvokeError()));
            return;
        }

        var on = 1;
        Libc.SetOption(_fd, Libc.LevelTcp, Libc.OptionNoDelay, &on, sizeof(int));
        _isConnecting = true;
        _slot = _loop.Add(_fd, this, writable: true);
        if (target.SourceFor(index) is { } source)
        {
            // Without this the kernel picks a port at bind time, unique for all destinations, and runs out at some 28,000.
            Libc.SetOption(_fd, Libc.LevelIp, Libc.OptionBindAddressNoPort, &on, sizeof(int));
            fixed (byte* bytes = source)
            {
                if (Libc.Bind(_fd, bytes, source.Length) < 0)
                {
                    End(Failure.FromErrno("bind", Marshal.GetLastPInvokeError()));
                    return;
                }
            }
        }

        _tls = target.TlsHost is { } host ? new TlsFilter(this, host, target.AcceptAnyCertificate) : null;
        fixed (byte* bytes = address)
        {
            if (Libc.Connect(_fd, bytes, address.Length) < 0 && Marshal.GetLastPInvokeError() is var error and not Libc.ErrorInProgress)
            {
                End(Failure.FromErrno("connect", error));
            }
        }
    }

    /// <summary>Sends now what the kernel takes and keeps the rest. <see langword="false"/> when the connection is gone or over its bound.</summary>
    public bool Send(ReadOnlySpan<byte> bytes) => _tls is null ? SendRaw(bytes) : _tls.TryWrite(bytes);

    /// <summary>Closes in order: what was sent still arrives.</summary>
    public void Close() => Release();

    /// <summary>Closes hard: the peer gets a reset, and no port stays in TIME_WAIT (socket(7), SO_LINGER).</summary>
    public void Reset()
    {
        if (_fd >= 0)
        {
            var linger = new Libc.Linger { On = 1, Seconds = 0 };
            Libc.SetOption(_fd, Libc.LevelSocket, Libc.OptionLinger, &linger, sizeof(Libc.Linger));
            Release();
        }
    }

    /// <summary>The connection can be written to; with TLS, after its handshake.</summary>
    internal abstract void Connected();

    /// <summary>Bytes came. They are only good during the call.</summary>
    internal abstract void Received(ReadOnlySpan<byte> bytes);

    /// <summary>The connection ended without our asking.</summary>
    protected abstract void Ended(string reason);

    internal void Ready(uint events)
    {
        if (_isConnecting)
        {
            FinishConnect();
            return;
        }

        if ((events & Libc.EpollOut) != 0)
        {
            SendUnsent();
        }

        if (_fd >= 0 && (events & (Libc.EpollIn | Libc.EpollHangup | Libc.EpollError)) != 0)
        {
            ReceiveOnce();
        }
    }

    internal void End(string reason)
    {
        if (_fd >= 0)
        {
            Release();
            Ended(reason);
        }
    }

    internal bool SendRaw(ReadOnlySpan<byte> bytes)
    {
        if (_fd < 0 || _unsentEnd - _unsentStart + bytes.Length > MaxUnsentBytes)
        {
            return false;
        }

        if (_unsentEnd == _unsentStart)
        {
            fixed (byte* pointer = bytes)
            {
                var sent = Libc.Send(_fd, pointer, bytes.Length, Libc.MessageNoSignal);
                if (sent < 0 && Marshal.GetLastPInvokeError() is not Libc.ErrorAgain)
                {
                    // The read side learns of it too, and from there it is reported once.
                    return false;
                }

                bytes = bytes[(int)Math.Max(0, sent)..];
            }

            if (bytes.IsEmpty)
            {
                return true;
            }

            _loop.Watch(_fd, _slot, writable: true);
        }

        Keep(bytes);
        return true;
    }

    private void FinishConnect()
    {
        var error = 0;
        var length = sizeof(int);
        Libc.GetOption(_fd, Libc.LevelSocket, Libc.OptionError, &error, &length);
        if (error != 0)
        {
            End(Failure.FromErrno("connect", error));
            return;
        }

        _isConnecting = false;
        _loop.Watch(_fd, _slot, writable: false);
        if (_tls is null)
        {
            Connected();
        }
        else
        {
            _tls.Start();
        }
    }

    private void ReceiveOnce()
    {
        var buffer = _loop.ReceiveBuffer;
        nint count;
        fixed (byte* pointer = buffer)
        {
            count = Libc.Receive(_fd, pointer, buffer.Length, 0);
        }

        if (count > 0)
        {
            var bytes = buffer.AsSpan(0, (int)count);
            if (_tls is null)
            {
                Received(bytes);
            }
            else
            {
                _tls.Feed(bytes);
            }
        }
        else if (count == 0)
        {
            End("closed by the server");
        }
        else if (Marshal.GetLastPInvokeError() is var error and not (Libc.ErrorAgain or Libc.ErrorInterrupted))
        {
            End(Failure.FromErrno("receive", error));
        }
    }

    private void SendUnsent()
    {
        if (_unsent is not null)
        {
            fixed (byte* pointer = _unsent)
            {
                var sent = Libc.Send(_fd, pointer + _unsentStart, _unsentEnd - _unsentStart, Libc.MessageNoSignal);
                _unsentStart += (int)Math.Max(0, sent);
            }

            if (_unsentStart < _unsentEnd)
            {
                return;
            }

            DropUnsent();
        }

        _loop.Watch(_fd, _slot, writable: false);
    }

    private void Keep(ReadOnlySpan<byte> bytes)
    {
        var count = _unsentEnd - _unsentStart;
        if (_unsent is null || _unsentEnd + bytes.Length > _unsent.Length)
        {
            var larger = ArrayPool<byte>.Shared.Rent(Math.Max(4096, 2 * (count + bytes.Length)));
            _unsent.AsSpan(_unsentStart, count).CopyTo(larger);
            DropUnsent();
            _unsent = larger;
            _unsentEnd = count;
        }

        bytes.CopyTo(_unsent.AsSpan(_unsentEnd));
        _unsentEnd += bytes.Length;
    }

    private void DropUnsent()
    {
        if (_unsent is not null)
        {
            ArrayPool<byte>.Shared.Return(_unsent);
            _unsent = null;
        }

        _unsentStart = _unsentEnd = 0;
    }

    private void Release()
    {
        if (_fd < 0)
        {
            return;
        }

        _loop.Remove(_fd, _slot);
        Libc.Close(_fd);
        _fd = -1;
        _isConnecting = false;
        DropUnsent();
        _tls?.Dispose();
        _tls = null;
    }
}
