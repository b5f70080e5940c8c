namespace RealtimeGateway.Load.Reporting;

/// <summary>The result of a run, as printed and as written by <c>--json</c>. Durations are in microseconds unless named otherwise.</summary>
internal sealed record LoadReport
{
    public required string Scenario { get; init; }

    public required Uri Url { get; init; }

    /// <summary>Ctrl+C ended it early.</summary>
    public bool IsPartial { get; init; }

    /// <summary>Payload bytes of a message; null for idle.</summary>
    public int? PayloadBytes { get; init; }

    /// <summary>Messages a second asked for; null in a closed loop.</summary>
    public double? Rate { get; init; }

    public required ConnectionReport Connections { get; init; }

    public TrafficReport? Traffic { get; init; }

    public IReadOnlyList<IdleWave> Idle { get; init; } = [];

    /// <summary>What went wrong, by its words.</summary>
    public required IReadOnlyDictionary<string, long> Errors { get; init; }

    /// <summary>What makes the figures doubtful.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];
}
