using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Cluster;

namespace RealtimeGateway.Tests.Cluster;

public sealed class AlarmTests
{
    private readonly FakeTimeProvider _time = new();

    [Fact]
    public void Wait_RungBefore_CompletesOnce()
    {
        using var alarm = new Alarm(_time);
        alarm.Ring();
        alarm.Ring();

        Assert.True(alarm.WaitAsync(TimeSpan.FromSeconds(1)).IsCompleted);
        Assert.False(alarm.WaitAsync(TimeSpan.FromSeconds(1)).IsCompleted);
    }

    [Fact]
    public void Wait_TimeUp_CompletesAndRingsNoFurther()
    {
        using var alarm = new Alarm(_time);
        var wait = alarm.WaitAsync(TimeSpan.FromSeconds(1));
        _time.Advance(TimeSpan.FromSeconds(0.9));
        Assert.False(wait.IsCompleted);
        _time.Advance(TimeSpan.FromSeconds(0.1));
        Assert.True(wait.IsCompleted);

        Assert.False(alarm.WaitAsync(Timeout.InfiniteTimeSpan).IsCompleted);
    }

    [Fact]
    public void Wait_RungInTime_LeavesNoTimerBehind()
    {
        using var alarm = new Alarm(_time);
        var first = alarm.WaitAsync(TimeSpan.FromSeconds(1));
        alarm.Ring();
        Assert.True(first.IsCompleted);
        var second = alarm.WaitAsync(TimeSpan.FromSeconds(10));
        _time.Advance(TimeSpan.FromSeconds(2));

        Assert.False(second.IsCompleted);
    }
}
