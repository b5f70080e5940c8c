using System.Diagnostics.Metrics;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Cluster;

/// <summary>What is measured of a fleet, on the meter of <see cref="GatewayMetrics"/>.</summary>
internal sealed class FleetMetrics
{
    private readonly Counter<long> _reaped;
    private readonly Counter<long> _brokenRecords;

    /// <summary>Makes the instruments.</summary>
    public FleetMetrics(IMeterFactory meters)
    {
        var meter = meters.Create(GatewayMetrics.MeterName);
        _reaped = meter.CreateCounter<long>("realtimegateway.fleet.reaped", "{connection}", "Connections of dead nodes whose ends this node has told.");
        _brokenRecords = meter.CreateCounter<long>(
            "realtimegateway.fleet.records.broken", "{record}", "Records of connections that could not be read, so that the ends of these were told to nobody.");
    }

    /// <summary>Counts a connection of a dead node whose end has been told.</summary>
    public void Reaped() => _reaped.Add(1);

    /// <summary>Counts a record that could not be read.</summary>
    public void RecordBroken() => _brokenRecords.Add(1);
}
