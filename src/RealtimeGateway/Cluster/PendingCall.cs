using System.Threading.Tasks.Sources;

namespace RealtimeGateway.Cluster;

/// <summary>A call that waits for the answer of another node; returns to its pool when the answer has been fetched. Its state belongs to its link's lock.</summary>
internal sealed class PendingCall : IValueTaskSource<DeliveryOutcome>, IValueTaskSource<RemoteAnswer>, IThreadPoolWorkItem
{
    private readonly PendingCallPool _pool;
    private ManualResetValueTaskSourceCore<RemoteAnswer> _source = new() { RunContinuationsAsynchronously = true };
    private RemoteCall _call;
    private RemoteAnswer _answer;
    private PendingCall? _next;

    /// <summary>Makes a call for a pool.</summary>
    public PendingCall(PendingCallPool pool) => _pool = pool;

    /// <summary>Names the request; the resend has the same.</summary>
    public ulong Id { get; private set; }

    /// <summary>What is asked.</summary>
    public ref readonly RemoteCall Call => ref _call;

    /// <summary>Whether a batch with it has been given to the backplane, so that it may have been done.</summary>
    public bool IsSent { get; private set; }

    /// <summary>Whether the wait of one second is over: it was then sent again, if it had been sent at all.</summary>
    public bool IsMissed { get; private set; }

    /// <summary>Whether it was asked again under another name.</summary>
    public bool IsRenamed { get; private set; }

    /// <summary>When it was first sent.</summary>
    public long SentAt { get; private set; }

    /// <summary>Makes the value of <see cref="ValueTask{TResult}"/>s of this use.</summary>
    public short Version => _source.Version;

    /// <summary>Begins a use.</summary>
    public void Begin(ulong id, in RemoteCall call)
    {
        Id = id;
        _call = call;
        IsSent = false;
        IsMissed = false;
        IsRenamed = false;
        SentAt = 0;
        _source.RunContinuationsAsynchronously = true;
    }

    /// <summary>Begins again as another request: the one before is certainly not done, and will not be.</summary>
    public void Rename(ulong id)
    {
        Id = id;
        IsSent = false;
        IsMissed = false;
        IsRenamed = true;
        SentAt = 0;
    }

    /// <summary>Tells that it goes out. Returns whether for the first time.</summary>
    public bool Sent(long now)
    {
        if (IsSent)
        {
            return false;
        }

        IsSent = true;
        // What waited for the way to become free is still to have its second chance.
        IsMissed = false;
        SentAt = now;
        return true;
    }

    /// <summary>Whether it has waited for a second; says so once, and once more when it was sent only after that.</summary>
    public bool TryMiss(long now)
    {
        if (IsMissed || now - (IsSent ? SentAt : _call.StartedAt) < BusLimits.ResendAfter)
        {
            return false;
        }

        IsMissed = true;
        return true;
    }

    /// <summary>Gives the answer; to be called once in a use, by whoever took the call out of its link.</summary>
    public void Complete(RemoteAnswer answer) => _source.SetResult(answer);

    /// <summary>Notes the answer, to be given with those of others: see <see cref="AnswerRun"/>.</summary>
    public void Note(RemoteAnswer answer) => _answer = answer;

    /// <summary>Puts a call behind this one, which goes on when this one has.</summary>
    public void Then(PendingCall next) => _next = next;

    /// <summary>Gives this call's answer and those of all behind it; who awaits them goes on here, one after the other.</summary>
    public void Execute()
    {
        for (var call = this; call is not null;)
        {
            // It is another's as soon as its answer is fetched.
            var next = call._next;
            call._next = null;
            call._source.RunContinuationsAsynchronously = false;
            call._source.SetResult(call._answer);
            call = next;
        }
    }

    /// <inheritdoc/>
    DeliveryOutcome IValueTaskSource<DeliveryOutcome>.GetResult(short token) => Fetch(token).Outcome;

    /// <inheritdoc/>
    RemoteAnswer IValueTaskSource<RemoteAnswer>.GetResult(short token) => Fetch(token);

    /// <inheritdoc/>
    public ValueTaskSourceStatus GetStatus(short token) => _source.GetStatus(token);

    /// <inheritdoc/>
    public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _source.OnCompleted(continuation, state, token, flags);

    private RemoteAnswer Fetch(short token)
    {
        var answer = _source.GetResult(token);
        _source.Reset();
        // The message belongs to the caller again.
        _call = default;
        _answer = default;
        _pool.Return(this);
        return answer;
    }
}
