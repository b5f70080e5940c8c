using System.Diagnostics;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>
/// The fixed schedule of an open loop: message k is due at start + k / rate, whatever the server does. Latency counts from there, so a
/// stall shows in every message that should have been sent meanwhile, not only in the one that met it (coordinated omission).
/// </summary>
internal sealed class Schedule(double rate)
{
    private readonly double _interval = Stopwatch.Frequency / rate;
    private long _start;
    private long _next;

    /// <summary>When the next message is due, as a timestamp.</summary>
    public long NextDue => _start + (long)(_next * _interval);

    public void Begin(long now) => (_start, _next) = (now, 0);

    public void Advance() => _next++;

    /// <summary>How many are due before then and have not been taken.</summary>
    public long OverdueAt(long timestamp) => Math.Max(0, (long)Math.Ceiling((timestamp - _start) / _interval) - _next);
}
