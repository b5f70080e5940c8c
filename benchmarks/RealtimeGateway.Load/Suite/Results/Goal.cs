namespace RealtimeGateway.Load.Suite.Results;

/// <summary>A ratio of two medians of the same run that must be reached.</summary>
/// <param name="What">As the table says it.</param>
/// <param name="Row">The measured subject's series.</param>
/// <param name="Metric">The metric of both series.</param>
/// <param name="Subject">Who is measured.</param>
/// <param name="To">Whom it is compared with.</param>
/// <param name="Must">The bound.</param>
/// <param name="Aim">The bound to be proud of; <see langword="null"/>: there is none beyond the must.</param>
/// <param name="IsAtLeast">Reached from this bound up; else down.</param>
/// <param name="ToRow">The row of the comparison, where it is another.</param>
internal sealed record Goal(string What, string Row, string Metric, string Subject, string To, double Must, double? Aim, bool IsAtLeast = false, string? ToRow = null)
{
    /// <summary>The ratio; <see langword="null"/> when one of the two was not measured.</summary>
    public double? Ratio(IReadOnlyCollection<Series> all) =>
        Find(all, Row, Subject) is { } mine && Find(all, ToRow ?? Row, To) is { } other && other.Spread().Median > 0
            ? mine.Spread().Median / other.Spread().Median
            : null;

    public bool IsMet(double ratio, double bound) => IsAtLeast ? ratio >= bound : ratio <= bound;

    private Series? Find(IReadOnlyCollection<Series> all, string row, string subject) =>
        all.FirstOrDefault(series => series.Row == row && series.Metric == Metric && series.Subject == subject && series.Values.Count > 0);
}
