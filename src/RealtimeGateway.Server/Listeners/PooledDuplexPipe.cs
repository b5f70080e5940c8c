using System.IO.Pipelines;

namespace RealtimeGateway.Server.Listeners;

/// <summary>A pipe whose awaits go on in the thread pool, whichever thread completes them.</summary>
internal sealed class PooledDuplexPipe(IDuplexPipe pipe) : IDuplexPipe
{
    /// <inheritdoc/>
    public PipeReader Input { get; } = new PooledReader(pipe.Input);

    /// <inheritdoc/>
    public PipeWriter Output { get; } = new PooledWriter(pipe.Output);

    private static async ValueTask<T> GoOnInPoolAsync<T>(ValueTask<T> pending)
    {
        var result = await pending;
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return result;
    }

    private sealed class PooledReader(PipeReader inner) : PipeReader
    {
        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var pending = inner.ReadAsync(cancellationToken);
            return pending.IsCompleted ? pending : GoOnInPoolAsync(pending);
        }

        public override bool TryRead(out ReadResult result) => inner.TryRead(out result);

        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }

    private sealed class PooledWriter(PipeWriter inner) : PipeWriter
    {
        public override bool CanGetUnflushedBytes => inner.CanGetUnflushedBytes;

        public override long UnflushedBytes => inner.UnflushedBytes;

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default)
        {
            var pending = inner.FlushAsync(cancellationToken);
            return pending.IsCompleted ? pending : GoOnInPoolAsync(pending);
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0) => inner.GetSpan(sizeHint);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override ValueTask CompleteAsync(Exception? exception = null) => inner.CompleteAsync(exception);
    }
}
