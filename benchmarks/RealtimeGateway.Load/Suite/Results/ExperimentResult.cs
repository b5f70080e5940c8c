namespace RealtimeGateway.Load.Suite.Results;

/// <summary>What one experiment found, with all that is needed to judge it and to do it again.</summary>
internal sealed record ExperimentResult
{
    public required string Name { get; init; }

    public required string Title { get; init; }

    /// <summary>What was done, in a sentence or two.</summary>
    public required string About { get; init; }

    public required DateTimeOffset TakenAt { get; init; }

    public required MachineFacts Machine { get; init; }

    public required int Rounds { get; init; }

    /// <summary>Seconds of each measured window.</summary>
    public required double WindowSeconds { get; init; }

    /// <summary>Seconds of traffic before it.</summary>
    public required double WarmupSeconds { get; init; }

    public List<Series> Series { get; init; } = [];

    public List<Goal> Goals { get; init; } = [];

    public List<Chart> Charts { get; init; } = [];

    /// <summary>The calls of the load program; ports, process ids and files are replaced by words.</summary>
    public List<string> Commands { get; init; } = [];

    /// <summary>What was left out or went wrong.</summary>
    public List<string> Remarks { get; init; } = [];

    /// <summary>Adds a value of one round.</summary>
    public void Add(string row, string metric, string unit, string subject, double? value, double? x = null)
    {
        if (value is not { } number)
        {
            Remark($"{subject}, {row}: not all was measured.");
            return;
        }

        var series = Series.Find(s => s.Row == row && s.Metric == metric && s.Subject == subject);
        if (series is null)
        {
            Series.Add(series = new Series(row, metric, unit, subject, x, []));
        }

        series.Values.Add(number);
    }

    /// <summary>Says something once.</summary>
    public void Remark(string text)
    {
        if (!Remarks.Contains(text))
        {
            Remarks.Add(text);
        }
    }
}
