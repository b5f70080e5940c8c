using System.Text;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Diagnostics;

/// <summary>Keeps what is appended; answers what a test says.</summary>
internal sealed class FakeSink : IAccessLogSink
{
    private readonly Lock _gate = new();
    private readonly List<string> _batches = [];
    private int _calls;

    /// <summary>What the next appends answer, the first call first; then that they are done.</summary>
    public Queue<Func<Task<AccessLogAppend>>> Answers { get; } = new();

    /// <summary>How often it was asked.</summary>
    public int Calls => Volatile.Read(ref _calls);

    /// <summary>What was taken.</summary>
    public string[] Batches
    {
        get
        {
            lock (_gate)
            {
                return [.. _batches];
            }
        }
    }

    public async ValueTask<AccessLogAppend> AppendAsync(ReadOnlyMemory<byte> lines)
    {
        Interlocked.Increment(ref _calls);
        if (Answers.TryDequeue(out var answer) && await answer() is { Failure: not null } failure)
        {
            return failure;
        }

        lock (_gate)
        {
            _batches.Add(Encoding.UTF8.GetString(lines.Span));
        }

        return AccessLogAppend.Done;
    }
}
