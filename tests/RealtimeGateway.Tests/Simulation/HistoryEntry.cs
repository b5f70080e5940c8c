using System.Globalization;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>One thing that happened.</summary>
/// <param name="At">When, in ticks of 100 ns of virtual time.</param>
/// <param name="Kind">What.</param>
/// <param name="Node">At which node; each start of a process is another. -1: none.</param>
/// <param name="Connection">With which connection.</param>
/// <param name="Number">With which message, call or incarnation, or with which close code.</param>
/// <param name="Status">The answer of a call; 0: none.</param>
/// <param name="Text">What else there is to say.</param>
internal readonly record struct HistoryEntry(
    long At, HistoryKind Kind, int Node = -1, ConnectionId Connection = default, long Number = 0, int Status = 0, string? Text = null)
{
    /// <inheritdoc/>
    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture,
        $"{At / (double)TimeSpan.TicksPerSecond,11:F6} {Kind,-14} node {Node,2} {(Connection == default ? "-" : Connection.ToString()),-20} #{Number} {(Status == 0 ? "" : Status)} {Text}");
}
