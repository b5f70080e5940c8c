using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A number with a unit; where it can be switched off, <c>off</c> stands for 0.</summary>
internal abstract partial class QuantityShape<T>(long min, long max, bool canBeOff) : ScalarShape<T>
{
    /// <summary>The units with their worth, largest first; the first of several names for one worth is the one printed.</summary>
    protected abstract ReadOnlySpan<(string Unit, long Worth)> Units { get; }

    /// <summary>For messages: "a duration such as 250ms or 10s".</summary>
    protected abstract string Example { get; }

    /// <summary>The complaint about a number without a unit; <see langword="null"/> when that is fine.</summary>
    protected abstract string? UnitMissing(string number);

    /// <summary>The schema of what may stand here besides <c>off</c>.</summary>
    protected abstract JsonObject QuantitySchema();

    protected abstract T Make(long amount);

    protected abstract long Amount(T value);

    public sealed override string Expectation => $"{Example}{(canBeOff ? ", or off" : "")}";

    public sealed override JsonObject Schema(SchemaDefinitions definitions) =>
        canBeOff ? OrEnvironment(QuantitySchema(), new JsonObject { ["enum"] = new JsonArray("off", 0) }) : OrEnvironment(QuantitySchema());

    public sealed override JsonNode Print(T value, Printing at) => canBeOff && Amount(value) == 0 ? "off" : Format(Amount(value));

    protected sealed override bool TryParse(string text, out T value, out string? complaint)
    {
        complaint = null;
        value = Make(0);
        if (canBeOff && text is ("off" or "0"))
        {
            return true;
        }

        if (Number().IsMatch(text) && UnitMissing(text) is { } missing)
        {
            complaint = missing;
            return false;
        }

        if (!TryAdd(text, out var amount))
        {
            return false;
        }

        if (canBeOff && amount == 0)
        {
            return true;
        }

        if (amount < min || amount > max)
        {
            complaint = $"is out of range; write {Format(min)} to {Format(max)}{(canBeOff ? ", or off" : "")}";
            return false;
        }

        value = Make((long)amount);
        return true;
    }

    /// <summary>Adds the parts up (<c>1h30m</c>), each unit at most once, larger before smaller.</summary>
    private bool TryAdd(string text, out decimal amount)
    {
        amount = 0;
        var last = long.MaxValue;
        var match = Part().Match(text);
        var end = 0;
        for (; match.Success; match = match.NextMatch())
        {
            var worth = Worth(match.Groups["unit"].Value);

            // 13 digits before the point hold the largest size in bytes and keep a decimal far from overflow.
            if (worth is 0 || worth >= last || !decimal.TryParse(match.Groups["number"].ValueSpan, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number))
            {
                return false;
            }

            amount += number * worth;
            last = worth;
            end = match.Index + match.Length;
        }

        return end > 0 && end == text.Length && amount == decimal.Truncate(amount);
    }

    private long Worth(string name)
    {
        foreach (var (unit, worth) in Units)
        {
            if (unit.Equals(name, StringComparison.OrdinalIgnoreCase))
            {
                return worth;
            }
        }

        return 0;
    }

    private string Format(long amount)
    {
        foreach (var (unit, worth) in Units)
        {
            if (amount >= worth && amount % worth == 0)
            {
                return string.Create(CultureInfo.InvariantCulture, $"{amount / worth}{unit}");
            }
        }

        return string.Create(CultureInfo.InvariantCulture, $"{amount}{Units[^1].Unit}");
    }

    [GeneratedRegex(@"\G(?<number>[0-9]{1,13}(\.[0-9]{1,6})?)[ ]?(?<unit>[A-Za-z]*)", RegexOptions.CultureInvariant)]
    private static partial Regex Part();

    [GeneratedRegex(@"^[0-9]+(\.[0-9]+)?\z", RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
