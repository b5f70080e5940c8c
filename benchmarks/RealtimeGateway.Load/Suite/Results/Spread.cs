namespace RealtimeGateway.Load.Suite.Results;

/// <summary>The middle of several measurements of one thing, and how far they lie apart.</summary>
internal readonly record struct Spread(double Median, double Min, double Max)
{
    /// <exception cref="ArgumentException">There is nothing to take the middle of.</exception>
    public static Spread Of(IReadOnlyCollection<double> values)
    {
        if (values.Count == 0)
        {
            throw new ArgumentException("No value was measured.", nameof(values));
        }

        double[] sorted = [.. values.Order()];
        var middle = sorted.Length / 2;
        var median = sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
        return new Spread(median, sorted[0], sorted[^1]);
    }
}
