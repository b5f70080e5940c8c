using System.Text.Json.Nodes;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A duration with its unit: <c>250ms</c>, <c>10s</c>, <c>1.5h</c>, <c>1h30m</c>. A bare number is refused, since people mean different units by it.</summary>
internal sealed class DurationShape(TimeSpan min, TimeSpan max, bool canBeOff = false)
    : QuantityShape<TimeSpan>((long)min.TotalMilliseconds, (long)max.TotalMilliseconds, canBeOff)
{
    private static readonly (string, long)[] AllUnits = [("d", 86_400_000), ("h", 3_600_000), ("m", 60_000), ("s", 1000), ("ms", 1)];

    protected override ReadOnlySpan<(string Unit, long Worth)> Units => AllUnits;

    protected override string Example => "a duration such as 250ms, 10s, 10m or 2h";

    protected override string? UnitMissing(string number) => $"has no unit; write {number}s for seconds or {number}ms for milliseconds";

    protected override JsonObject QuantitySchema() => new() { ["type"] = "string", ["pattern"] = @"^([0-9]+(\.[0-9]+)? ?([Mm][Ss]|[SsMmHhDd]))+$" };

    protected override TimeSpan Make(long amount) => TimeSpan.FromMilliseconds(amount);

    protected override long Amount(TimeSpan value) => (long)value.TotalMilliseconds;
}
