using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>
/// A number of bytes: <c>4096</c>, <c>32KB</c>, <c>32KiB</c>, <c>1.5MiB</c>. KB counts 1,024 like KiB, as in Amazon's quotas.
/// </summary>
internal sealed class SizeShape(long min, long max, bool canBeOff = false) : QuantityShape<long>(min, max, canBeOff)
{
    private static readonly (string, long)[] AllUnits =
    [
        ("TiB", 1L << 40), ("TB", 1L << 40), ("GiB", 1 << 30), ("GB", 1 << 30), ("MiB", 1 << 20), ("MB", 1 << 20),
        ("KiB", 1 << 10), ("KB", 1 << 10), ("B", 1), ("", 1),
    ];

    protected override ReadOnlySpan<(string Unit, long Worth)> Units => AllUnits;

    protected override string Example => "a size such as 4096 (bytes), 32KiB or 1MiB";

    protected override string? UnitMissing(string number) => null;

    protected override JsonObject QuantitySchema() => new()
    {
        ["type"] = new JsonArray("integer", "string"), ["minimum"] = 0, ["pattern"] = @"^[0-9]+(\.[0-9]+)? ?([KkMmGgTt]?[Ii]?[Bb])?$",
    };

    protected override long Make(long amount) => amount;

    protected override long Amount(long value) => value;
}
