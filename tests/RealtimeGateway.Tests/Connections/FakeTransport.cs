using System.IO.Pipelines;
using System.Text;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

/// <summary>A transport that writes down what it is told, takes as long as the test likes, and finds out when two write at once.</summary>
internal sealed class FakeTransport : IClientTransport
{
    private readonly Lock _gate = new();
    private readonly List<string> _buffered = [];
    private readonly List<string> _sent = [];
    private TaskCompletionSource<FlushResult>? _held;
    private bool _holds;
    private int _writers;

    /// <summary>What has been flushed, oldest first: <c>text:…</c>, <c>binary:…</c>, <c>ping</c>, <c>pong:…</c>, <c>close:…</c>.</summary>
    public IReadOnlyList<string> Sent
    {
        get
        {
            lock (_gate)
            {
                return [.. _sent];
            }
        }
    }

    /// <summary>What has been written and not flushed.</summary>
    public IReadOnlyList<string> Buffered
    {
        get
        {
            lock (_gate)
            {
                return [.. _buffered];
            }
        }
    }

    public int Flushes { get; private set; }

    public int Aborts { get; private set; }

    public int Ends { get; private set; }

    /// <summary>Whether two were inside at once, which the connection must never allow.</summary>
    public bool WasEnteredTwice { get; private set; }

    /// <summary>Thrown by the next flush.</summary>
    public Exception? Failure { get; set; }

    /// <summary>Whether the client is gone, so that flushes complete with nothing sent.</summary>
    public bool IsGone { get; set; }

    /// <summary>Keeps flushes waiting until <see cref="Release"/>.</summary>
    public void Hold() => _holds = true;

    /// <summary>Lets the flush that waits go on, and holds no more.</summary>
    public void Release(bool keepHolding = false)
    {
        TaskCompletionSource<FlushResult>? held;
        lock (_gate)
        {
            _holds = keepHolding;
            held = _held;
            _held = null;
        }

        held?.SetResult(new FlushResult(isCanceled: false, isCompleted: IsGone));
    }

    /// <summary>Fails the flush that waits.</summary>
    public void Fail(Exception exception)
    {
        var held = _held!;
        _held = null;
        held.SetException(exception);
    }

    public void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary) => Write($"{(isBinary ? "binary" : "text")}:{Encoding.UTF8.GetString(payload)}");

    /// <summary>How many messages were encoded to be shared.</summary>
    public int Encodings { get; private set; }

    public byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary)
    {
        Encodings++;
        return Encoding.UTF8.GetBytes($"{(isBinary ? "binary" : "text")}:{Encoding.UTF8.GetString(payload)}");
    }

    public void WriteEncoded(ReadOnlySpan<byte> message) => Write(Encoding.UTF8.GetString(message));

    public void WritePing() => Write("ping");

    public void WritePong(ReadOnlySpan<byte> payload) => Write($"pong:{Encoding.UTF8.GetString(payload)}");

    public void WriteClose(CloseReason reason) => Write($"close:{reason.Code}");

    public ValueTask<FlushResult> FlushAsync()
    {
        Enter();
        try
        {
            lock (_gate)
            {
                Flushes++;
                if (Failure is { } failure)
                {
                    throw failure;
                }

                if (!IsGone)
                {
                    _sent.AddRange(_buffered);
                }

                _buffered.Clear();
                if (_holds)
                {
                    _held = new TaskCompletionSource<FlushResult>();
                    return new ValueTask<FlushResult>(_held.Task);
                }
            }

            return new ValueTask<FlushResult>(new FlushResult(isCanceled: false, isCompleted: IsGone));
        }
        finally
        {
            Interlocked.Decrement(ref _writers);
        }
    }

    public void End() => Ends++;

    public void Abort() => Aborts++;

    private void Write(string what)
    {
        Enter();
        lock (_gate)
        {
            _buffered.Add(what);
        }

        Interlocked.Decrement(ref _writers);
    }

    private void Enter()
    {
        if (Interlocked.Increment(ref _writers) != 1)
        {
            WasEnteredTwice = true;
        }
    }
}
