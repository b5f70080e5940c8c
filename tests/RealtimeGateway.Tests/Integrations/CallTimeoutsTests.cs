using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Tests.Integrations;

public sealed class CallTimeoutsTests
{
    [Fact]
    public void Rent_CancelsAfterTheTime_AndNotBefore()
    {
        var time = new FakeTimeProvider();
        var source = new CallTimeouts(time).Rent(TimeSpan.FromSeconds(29));
        time.Advance(TimeSpan.FromMilliseconds(28_999));
        Assert.False(source.IsCancellationRequested);
        time.Advance(TimeSpan.FromMilliseconds(1));
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void Rent_AfterReturn_GivesTheSameAgain_WithItsNewTime()
    {
        var timeouts = new CallTimeouts(TimeProvider.System);
        var first = timeouts.Rent(TimeSpan.FromHours(1));
        timeouts.Return(first);
        var second = timeouts.Rent(TimeSpan.FromHours(2));
        Assert.Same(first, second);
        Assert.False(second.IsCancellationRequested);
        Assert.NotSame(second, timeouts.Rent(TimeSpan.FromHours(1)));
    }

    [Fact]
    public void Return_OfACancelledOne_GivesItToNobody()
    {
        var timeouts = new CallTimeouts(TimeProvider.System);
        var first = timeouts.Rent(TimeSpan.FromHours(1));
        first.Cancel();
        timeouts.Return(first);
        var second = timeouts.Rent(TimeSpan.FromHours(1));
        Assert.NotSame(first, second);
        Assert.False(second.IsCancellationRequested);
    }

    /// <summary>What was registered for one call must not be called for the next.</summary>
    [Fact]
    public async Task Rent_Reused_CancelsOnlyItsNewTaker()
    {
        var timeouts = new CallTimeouts(TimeProvider.System);
        var first = timeouts.Rent(TimeSpan.FromHours(1));
        await first.Token.Register(static () => throw new InvalidOperationException("The first call is over.")).DisposeAsync();
        timeouts.Return(first);
        var second = timeouts.Rent(TimeSpan.FromMilliseconds(1));
        var cancelled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = second.Token.Register(cancelled.SetResult);
        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);
    }
}
