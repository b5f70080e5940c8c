using System.Globalization;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>A JSON number with a fraction and more digits than a double keeps; it prints as it was written.</summary>
internal sealed record BigNumber(string Text)
{
    public double ToDouble() => double.Parse(Text, NumberStyles.Float, CultureInfo.InvariantCulture);

    public override string ToString() => Text;
}
