using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

public sealed class OutboundBudgetTests
{
    [Fact]
    public void TryTake_UpToTheBound_AndNotAByteMore()
    {
        var budget = new OutboundBudget(10);
        Assert.True(budget.TryTake(10));
        Assert.False(budget.TryTake(1));
        Assert.Equal(10, budget.UsedBytes);
        budget.Return(4);
        Assert.False(budget.TryTake(5));
        Assert.True(budget.TryTake(4));
    }

    [Fact]
    public async Task TryTake_FromManyThreads_NeverPassesTheBound_AndLosesNothing()
    {
        var budget = new OutboundBudget(1_000);
        await Task.WhenAll(Enumerable.Range(1, 4).Select(size => Task.Run(() =>
        {
            for (var i = 0; i < 50_000; i++)
            {
                if (budget.TryTake(size * 100))
                {
                    budget.Return(size * 100);
                }
            }
        })));
        Assert.Equal(0, budget.UsedBytes);
        Assert.True(budget.TryTake(1_000));
    }

    [Fact]
    public void ForThisProcess_IsAShareOfItsMemory()
    {
        var budget = OutboundBudget.ForThisProcess();
        Assert.True(budget.TryTake(1024 * 1024));
        Assert.False(budget.TryTake(int.MaxValue) && budget.TryTake(int.MaxValue) && Enumerable.Range(0, 1_000).All(_ => budget.TryTake(int.MaxValue)));
    }
}
