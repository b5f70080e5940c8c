using RealtimeGateway.Load.Suite.Results;

namespace RealtimeGateway.Tests.Performance;

public sealed class GoalTests
{
    private static readonly Series[] Measured =
    [
        new("echo", "cpu", "µs", "gateway", null, [9, 12, 6]),
        new("echo", "cpu", "µs", "floor", null, [10, 20, 30]),
        new("echo", "rate", "", "floor", null, [1, 1, 1]),
        new("signed", "cpu", "µs", "gateway", null, [30]),
    ];

    [Fact]
    public void Ratio_SameRow_IsOfTheMedians() =>
        Assert.Equal(0.45, new Goal("", "echo", "cpu", "gateway", "floor", 1, null).Ratio(Measured));

    [Fact]
    public void Ratio_OtherRow_TakesTheComparisonFromThere() =>
        Assert.Equal(1.5, new Goal("", "signed", "cpu", "gateway", "floor", 2, 1.5, ToRow: "echo").Ratio(Measured));

    [Fact]
    public void Ratio_NotMeasured_IsNone() => Assert.Null(new Goal("", "echo", "rate", "gateway", "floor", 1, null).Ratio(Measured));

    [Theory]
    [InlineData(false, 0.9, true)]
    [InlineData(false, 1.1, false)]
    [InlineData(true, 0.9, false)]
    [InlineData(true, 1.1, true)]
    public void IsMet_Direction_Decides(bool isAtLeast, double ratio, bool isMet) =>
        Assert.Equal(isMet, new Goal("", "", "", "", "", 1, null, isAtLeast).IsMet(ratio, 1));
}
