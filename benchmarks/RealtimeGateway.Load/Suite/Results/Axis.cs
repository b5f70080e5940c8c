namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Where a value lies on a line of a given length, and where the line has its marks.</summary>
internal sealed class Axis
{
    private readonly double _from;
    private readonly double _to;
    private readonly bool _isLogarithmic;

    private Axis(double from, double to, bool isLogarithmic, IReadOnlyList<double> marks) =>
        (_from, _to, _isLogarithmic, Marks) = (from, to, isLogarithmic, marks);

    public IReadOnlyList<double> Marks { get; }

    /// <summary>From 0 to a round number at or above <paramref name="max"/>, with four to ten marks.</summary>
    public static Axis Linear(double max)
    {
        max = max > 0 ? max : 1;
        var step = Math.Pow(10, Math.Floor(Math.Log10(max)));
        step = max / step >= 5 ? step : max / step >= 2 ? step / 2 : step / 5;
        var count = (int)Math.Ceiling((max / step) - 1e-9);
        return new Axis(0, count * step, false, [.. Enumerable.Range(0, count + 1).Select(i => i * step)]);
    }

    /// <summary>Over these values, each marked; logarithmic when they span more than an octave or three, and none is 0.</summary>
    public static Axis Over(IReadOnlyCollection<double> values)
    {
        double[] marks = [.. values.Distinct().Order()];
        var isLogarithmic = marks[0] > 0 && marks[^1] / marks[0] > 8;
        return new Axis(marks[0], marks[^1], isLogarithmic, marks);
    }

    /// <summary>0 at the beginning, 1 at the end.</summary>
    public double Place(double value) => _from == _to ? 0.5
        : _isLogarithmic ? Math.Log(value / _from) / Math.Log(_to / _from)
        : (value - _from) / (_to - _from);
}
