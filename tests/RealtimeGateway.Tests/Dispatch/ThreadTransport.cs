using System.IO.Pipelines;
using System.Text;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Dispatch;

/// <summary>Remembers the message that was written, and by which thread.</summary>
internal sealed class ThreadTransport : IClientTransport, IDisposable
{
    private readonly ManualResetEventSlim _written = new();

    public int WriterThread { get; private set; }

    public string Text { get; private set; } = "";

    public void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary)
    {
        WriterThread = Environment.CurrentManagedThreadId;
        Text = Encoding.UTF8.GetString(payload);
        _written.Set();
    }

    /// <summary>Waits without giving the thread away, so that nobody else's work can run on it.</summary>
    public void WaitForMessage() => Assert.True(_written.Wait(TimeSpan.FromSeconds(30)));

    public byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary) => throw new NotSupportedException();

    public void WriteEncoded(ReadOnlySpan<byte> message) => throw new NotSupportedException();

    public void WritePing() => throw new NotSupportedException();

    public void WritePong(ReadOnlySpan<byte> payload) => throw new NotSupportedException();

    public void WriteClose(CloseReason reason) => throw new InvalidOperationException($"The connection was closed: {reason}.");

    public ValueTask<FlushResult> FlushAsync() => new(new FlushResult(isCanceled: false, isCompleted: false));

    public void End() => throw new NotSupportedException();

    public void Abort() => throw new NotSupportedException();

    public void Dispose() => _written.Dispose();
}
