using RealtimeGateway.Apis;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class RateLimitTests
{
    private readonly List<ConfigurationError> _errors = [];

    [Theory]
    [InlineData(10.0, null, 10)]
    [InlineData(0.5, null, 1)]
    [InlineData(0.0, null, 0)]
    [InlineData(10.0, 3, 3)]
    public void Compile_Rate_GetsItsBurst(double rate, int? burst, int expected)
    {
        Assert.Equal(new RateLimit(rate, expected), Compile(rate, burst));
        Assert.Empty(_errors);
    }

    [Fact]
    public void Compile_Nothing_IsUnbounded()
    {
        Assert.Null(Compile(null, null));
        Assert.Empty(_errors);
    }

    [Theory]
    [InlineData(null, 5, "burst")]
    [InlineData(-1.0, null, "rate")]
    [InlineData(double.NaN, null, "rate")]
    [InlineData(double.PositiveInfinity, null, "rate")]
    [InlineData(1.0, -1, "burst")]
    [InlineData(1.0, int.MaxValue, "burst")]
    [InlineData(1e-9, null, "rate")]
    public void Compile_Nonsense_SaysWhere(double? rate, int? burst, string place)
    {
        Assert.Null(Compile(rate, burst));

        Assert.Equal(place, Assert.Single(_errors).Path.ToString());
    }

    /// <summary>What passes here must be fit for a bucket, or a reload would throw.</summary>
    [Theory]
    [InlineData(10_000_000.0, null)]
    [InlineData(1e-7, 1)]
    [InlineData(0.001, 31_000)]
    [InlineData(0.0, int.MaxValue)]
    public void Compile_Extremes_MakeBuckets(double rate, int? burst)
    {
        var limit = Compile(rate, burst);

        Assert.NotNull(new Throttles(TimeProvider.System).Find("x", limit));
    }

    private RateLimit? Compile(double? rate, int? burst) =>
        RateLimit.Compile(rate, burst, ConfigurationPath.Root["rate"], ConfigurationPath.Root["burst"], _errors);
}
