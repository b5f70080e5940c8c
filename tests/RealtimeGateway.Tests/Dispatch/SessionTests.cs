using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Tests.Dispatch;

public sealed class SessionTests
{
    [Fact]
    public void WaitForRoom_WhenThereIsSome_CompletesAtOnce()
    {
        var session = Make();
        session.Started();
        Assert.True(session.WaitForRoomAsync(2).AsTask().IsCompleted);
        Assert.Equal(1, session.InFlight);
    }

    [Fact]
    public async Task WaitForRoom_CompletesWhenEnoughHaveFinished()
    {
        var session = Make();
        for (var i = 0; i < 5; i++)
        {
            session.Started();
        }

        var waiting = session.WaitForRoomAsync(3).AsTask();
        session.Finished();
        session.Finished();
        Assert.False(waiting.IsCompleted);
        session.Finished();
        await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        Assert.Equal(2, session.InFlight);
    }

    [Fact]
    public async Task WaitForRoom_CanBeUsedAgain()
    {
        var session = Make();
        for (var round = 0; round < 3; round++)
        {
            session.Started();
            var waiting = session.WaitForRoomAsync(1).AsTask();
            Assert.False(waiting.IsCompleted);
            session.Finished();
            await waiting.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken);
        }
    }

    /// <summary>The one way to hang a connection: the last message ends just while its reader begins to wait.</summary>
    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task WaitForRoom_AgainstFinishing_NeverMissesTheLast(int bound)
    {
        var session = Make();
        const int Rounds = 3_000;
        var started = 0;
        var overBound = 0;
        var isOver = false;
        var finishing = Task.Run(
            () =>
            {
                for (var finished = 0; finished < Rounds && !Volatile.Read(ref isOver);)
                {
                    if (Volatile.Read(ref started) > finished)
                    {
                        finished++;
                        session.Finished();
                    }
                }
            },
            TestContext.Current.CancellationToken);
        var reading = Task.Run(
            async () =>
            {
                for (var i = 0; i < Rounds; i++)
                {
                    session.Started();
                    Volatile.Write(ref started, i + 1);
                    await session.WaitForRoomAsync(bound);
                    overBound += session.InFlight < bound ? 0 : 1;
                }
            },
            TestContext.Current.CancellationToken);
        try
        {
            // Only a reader that nobody wakes takes this long, on however busy a machine.
            await reading.WaitAsync(TimeSpan.FromMinutes(2), TestContext.Current.CancellationToken);
        }
        catch (TimeoutException)
        {
            Assert.Fail($"Nobody woke the reader after {started} messages.");
        }
        finally
        {
            Volatile.Write(ref isOver, reading.IsFaulted || !reading.IsCompleted);
            await finishing;
        }

        Assert.Equal(0, overBound);
        Assert.Equal(0, session.InFlight);
    }

    // Waiting and counting touch neither the connection nor its stage.
    private static Session Make() => new(null!, null!);
}
