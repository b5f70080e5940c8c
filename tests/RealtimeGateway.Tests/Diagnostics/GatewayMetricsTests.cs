using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Diagnostics;

public sealed class GatewayMetricsTests : IDisposable
{
    private static readonly MetricTags Tags = new("chat", "prod", null);

    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private long _queuedBytes;
    private readonly IMeterFactory _factory;
    private readonly GatewayMetrics _metrics;

    public GatewayMetricsTests()
    {
        _factory = _services.GetRequiredService<IMeterFactory>();
        _metrics = new GatewayMetrics(_factory, () => _queuedBytes);
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Closed_ListenerThatCameLater_DoesNotSeeItGo()
    {
        var wasCounted = _metrics.Opened(Tags);
        using var collector = new MeterCollector(_factory);
        _metrics.Closed(1000, wasCounted, Tags);

        Assert.False(wasCounted);
        Assert.Equal(0, collector.Count("realtimegateway.connections.open"));
        Assert.Equal(1, collector.Sum("realtimegateway.connections.closed", "code=1000"));
    }

    [Fact]
    public void Closed_ListenerThatSawItCome_SeesItGoWithTheSameTags()
    {
        using var collector = new MeterCollector(_factory);
        var wasCounted = _metrics.Opened(Tags);
        _metrics.Closed(1001, wasCounted, Tags);

        Assert.True(wasCounted);
        Assert.Equal(["api=chat stage=prod", "api=chat stage=prod"], collector.TagsOf("realtimegateway.connections.open"));
        Assert.Equal(0, collector.Sum("realtimegateway.connections.open"));
    }

    [Theory]
    [InlineData(1000, "1000")]
    [InlineData(1006, "1006")]
    [InlineData(3000, "3xxx")]
    [InlineData(3999, "3xxx")]
    [InlineData(4000, "4xxx")]
    [InlineData(4999, "4xxx")]
    public void Closed_CodesThatClientsChoose_ShareATag(int code, string tag)
    {
        using var collector = new MeterCollector(_factory);
        _metrics.Closed(code, wasCounted: false, Tags);

        Assert.Equal([$"api=chat stage=prod code={tag}"], collector.TagsOf("realtimegateway.connections.closed"));
    }

    [Theory]
    [InlineData(0, null)]
    [InlineData(1, "realtimegateway.client.errors")]
    [InlineData(2, "realtimegateway.integration.errors")]
    [InlineData(3, "realtimegateway.execution.errors")]
    public void Failed_EachFault_IsCountedByItsOwnInstrument(int fault, string? instrument)
    {
        using var collector = new MeterCollector(_factory);
        _metrics.Failed((EventFault)fault, "4xx", new MetricTags("chat", "prod", "send"));

        foreach (var name in new[] { "realtimegateway.client.errors", "realtimegateway.integration.errors", "realtimegateway.execution.errors" })
        {
            Assert.Equal(name == instrument ? ["api=chat stage=prod route=send error.type=4xx"] : [], collector.TagsOf(name));
        }
    }

    [Fact]
    public void Observe_OutboundQueue_SaysWhatWaits()
    {
        using var collector = new MeterCollector(_factory);
        _queuedBytes = 700;

        Assert.Equal(700, collector.Observe("realtimegateway.outbound.queue"));
    }
}
