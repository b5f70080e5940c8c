using System.Globalization;

namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Numbers as people read them: three digits that matter.</summary>
internal static class Figure
{
    public static string Text(double value) => Math.Abs(value) switch
    {
        >= 100 => value.ToString("N0", CultureInfo.InvariantCulture),
        >= 10 => value.ToString("N1", CultureInfo.InvariantCulture),
        _ => value.ToString("N2", CultureInfo.InvariantCulture),
    };

    /// <summary>The median, and the range where there is one.</summary>
    public static string Text(Spread spread) =>
        spread.Min == spread.Max ? Text(spread.Median) : $"{Text(spread.Median)} ({Text(spread.Min)}–{Text(spread.Max)})";
}
