using System.Net.Security;
using System.Security.Authentication;
using System.Threading.Tasks.Sources;

namespace RealtimeGateway.Load.Sockets;

/// <summary>
/// TLS between a <see cref="Peer"/> and its socket: an <see cref="SslStream"/> over bytes that the event loop feeds. All of it runs on the
/// loop's thread, because feeding completes the pending read in place. It costs tens of kilobytes a connection; plain ws costs none.
/// </summary>
internal sealed class TlsFilter : IDisposable
{
    private readonly Peer _peer;
    private readonly string _host;
    private readonly FedStream _inner;
    private readonly SslStream _tls;

    public TlsFilter(Peer peer, string host, bool acceptAnyCertificate)
    {
        _peer = peer;
        _host = host;
        _inner = new FedStream(peer);
        _tls = new SslStream(_inner, leaveInnerStreamOpen: false, (_, _, _, errors) => errors == SslPolicyErrors.None || acceptAnyCertificate);
    }

    /// <summary>Begins the handshake; the peer is told through <see cref="Peer.Connected"/> or <see cref="Peer.End"/>.</summary>
    public void Start() => _ = RunAsync();

    public void Feed(ReadOnlySpan<byte> bytes) => _inner.Feed(bytes);

    public bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _tls.Write(bytes);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }

    public void Dispose() => _inner.Dispose();

    private async Task RunAsync()
    {
        try
        {
            await _tls.AuthenticateAsClientAsync(_host);
            _peer.Connected();
            var buffer = new byte[4096];
            while (_peer.IsAlive && await _tls.ReadAsync(buffer) is var count and > 0)
            {
                _peer.Received(buffer.AsSpan(0, count));
            }

            _peer.End("closed by the server");
        }
        catch (Exception error) when (error is IOException or AuthenticationException or ObjectDisposedException or InvalidOperationException)
        {
            _peer.End($"tls: {error.Message}");
        }
    }

    private sealed class FedStream(Peer peer) : Stream, IValueTaskSource<int>
    {
        private readonly MemoryStream _fed = new();
        private ManualResetValueTaskSourceCore<int> _read;
        private Memory<byte>? _waiting;
        private bool _isDisposed;

        public override bool CanRead => true;
        public override bool CanWrite => true;
        public override bool CanSeek => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public void Feed(ReadOnlySpan<byte> bytes)
        {
            if (_fed.Position == _fed.Length)
            {
                _fed.SetLength(0);
            }

            var position = _fed.Position;
            _fed.Position = _fed.Length;
            _fed.Write(bytes);
            _fed.Position = position;
            if (_waiting is { } buffer)
            {
                _waiting = null;
                _read.SetResult(buffer.IsEmpty ? 0 : _fed.Read(buffer.Span));
            }
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            if (_isDisposed || _fed.Position < _fed.Length)
            {
                return new ValueTask<int>(_isDisposed || buffer.IsEmpty ? 0 : _fed.Read(buffer.Span));
            }

            _waiting = buffer;
            _read.Reset();
            return new ValueTask<int>(this, _read.Version);
        }

        public override void Write(ReadOnlySpan<byte> buffer)
        {
            if (!peer.SendRaw(buffer))
            {
                throw new IOException("The connection takes no more.");
            }
        }

        public override void Write(byte[] buffer, int offset, int count) => Write(buffer.AsSpan(offset, count));

        public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
        {
            Write(buffer.Span);
            return ValueTask.CompletedTask;
        }

        public override void Flush()
        {
            // Nothing is held back here.
        }

        public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();

        int IValueTaskSource<int>.GetResult(short token) => _read.GetResult(token);
        ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _read.GetStatus(token);

        void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _read.OnCompleted(continuation, state, token, flags);

        protected override void Dispose(bool disposing)
        {
            if (!_isDisposed)
            {
                _isDisposed = true;
                if (_waiting is not null)
                {
                    _waiting = null;
                    _read.SetResult(0);
                }
            }

            base.Dispose(disposing);
        }
    }
}
