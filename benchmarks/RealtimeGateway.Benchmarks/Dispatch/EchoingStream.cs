using System.Threading.Tasks.Sources;

namespace RealtimeGateway.Benchmarks.Dispatch;

/// <summary>A connection to a back end that answers each request with the same 128 bytes, on the spot and without allocating.</summary>
internal sealed class EchoingStream : Stream, IValueTaskSource<int>
{
    private static readonly byte[] Answer =
        [.. "HTTP/1.1 200 OK\r\nContent-Length: 128\r\nContent-Type: application/json\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n"u8, .. Payloads.Json(128)];

    private ManualResetValueTaskSourceCore<int> _source;
    private Memory<byte> _destination;
    private bool _isAwaited;
    private int _answered = Answer.Length;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    // The client looks for an answer before it asks: nothing is there yet, and that read takes the answer.
    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        if (_answered < Answer.Length)
        {
            return new ValueTask<int>(Fill(buffer));
        }

        _destination = buffer;
        _isAwaited = true;
        _source.Reset();
        return new ValueTask<int>(this, _source.Version);
    }

    // A request with a body of this size is one write.
    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default)
    {
        _answered = 0;
        if (_isAwaited)
        {
            _isAwaited = false;
            _source.SetResult(Fill(_destination));
        }

        return default;
    }

    public override Task FlushAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public override void Flush() => throw new NotSupportedException();

    public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    int IValueTaskSource<int>.GetResult(short token) => _source.GetResult(token);

    ValueTaskSourceStatus IValueTaskSource<int>.GetStatus(short token) => _source.GetStatus(token);

    void IValueTaskSource<int>.OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private int Fill(Memory<byte> destination)
    {
        var count = Math.Min(destination.Length, Answer.Length - _answered);
        Answer.AsMemory(_answered, count).CopyTo(destination);
        _answered += count;
        return count;
    }
}
