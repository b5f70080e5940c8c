namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>A stretch of time.</summary>
internal readonly record struct Stretch(long From, long To)
{
    /// <summary>Whether both have a moment in common.</summary>
    public bool Meets(long from, long to) => From <= to && from <= To;
}
