namespace RealtimeGateway.Load.Suite.Results;

/// <summary>One subject's measurements of one thing, a value for each round.</summary>
/// <param name="Row">What was done: "100 connections, closed loop".</param>
/// <param name="Metric">What was looked at: "CPU per message".</param>
/// <param name="Unit">In what: "µs".</param>
/// <param name="Subject">Who.</param>
/// <param name="X">The place on a growth curve; <see langword="null"/>: it is none.</param>
/// <param name="Values">In the order of the rounds.</param>
internal sealed record Series(string Row, string Metric, string Unit, string Subject, double? X, List<double> Values)
{
    public Spread Spread() => Results.Spread.Of(Values);
}
