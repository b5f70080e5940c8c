using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class AnswerRunTests
{
    private readonly PendingCallPool _pool = new();
    private readonly List<int> _ended = [];

    /// <summary>One that takes long holds up those of its own run, and not the others.</summary>
    [Fact]
    public async Task Go_MoreThanOneRun_GoesOnInOrder_EachRunByItself()
    {
        const int Calls = AnswerRun.MaxCalls + 4;
        using var hasOtherRunEnded = new ManualResetEventSlim();
        var all = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = SynchronizationContext.Current;
        try
        {
            // As in the program.
            SynchronizationContext.SetSynchronizationContext(null);
            var run = default(AnswerRun);
            for (var i = 0; i < Calls; i++)
            {
                run.Add(Await(i));
            }

            run.Go();
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(before);
        }

        await all.Task.WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        Assert.Equal([.. Enumerable.Range(AnswerRun.MaxCalls, 4), .. Enumerable.Range(0, AnswerRun.MaxCalls)], _ended);

        PendingCall Await(int number)
        {
            var call = _pool.Take();
            call.Begin((ulong)number, new RemoteCall(CallKind.Post, ConnectionId.Create(1, new byte[9]), ApiId.Parse("chat"), 0));
            var awaiter = new ValueTask<DeliveryOutcome>(call, call.Version).GetAwaiter();
            awaiter.UnsafeOnCompleted(() =>
            {
                if (number == 0)
                {
                    hasOtherRunEnded.Wait(TimeSpan.FromSeconds(30));
                }

                lock (_ended)
                {
                    Assert.Equal(DeliveryOutcome.Full, awaiter.GetResult());
                    _ended.Add(number);
                    if (number == Calls - 1)
                    {
                        hasOtherRunEnded.Set();
                    }

                    if (_ended.Count == Calls)
                    {
                        all.SetResult();
                    }
                }
            });
            call.Note(new RemoteAnswer(DeliveryOutcome.Full));
            return call;
        }
    }

    /// <summary>A call that was answered in a run is another one afterwards: who completes it by itself must not be held up by who awaits it.</summary>
    [Fact]
    public async Task Complete_AfterARun_GoesOnElsewhere()
    {
        var call = _pool.Take();
        call.Begin(1, default);
        call.Note(new RemoteAnswer(DeliveryOutcome.Done));
        call.Execute();
        Assert.Equal(DeliveryOutcome.Done, await new ValueTask<DeliveryOutcome>(call, call.Version));

        Assert.Same(call, _pool.Take());
        call.Begin(2, default);
        using var isComplete = new ManualResetEventSlim();
        var wentOn = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        var before = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        var awaiter = new ValueTask<DeliveryOutcome>(call, call.Version).GetAwaiter();
        awaiter.UnsafeOnCompleted(() => wentOn.SetResult(isComplete.Wait(TimeSpan.FromSeconds(30))));
        call.Complete(new RemoteAnswer(DeliveryOutcome.Gone));
        isComplete.Set();
        SynchronizationContext.SetSynchronizationContext(before);
        Assert.True(await wentOn.Task);
    }
}
