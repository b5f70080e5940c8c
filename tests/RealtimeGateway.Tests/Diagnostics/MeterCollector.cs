using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace RealtimeGateway.Tests.Diagnostics;

/// <summary>Sums what one gateway measures, by instrument and tags.</summary>
internal sealed class MeterCollector : IDisposable
{
    private readonly ConcurrentQueue<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> _measurements = new();
    private readonly MeterListener _listener = new();

    /// <summary>Listens to the meters of one factory: other gateways may run in this process.</summary>
    public MeterCollector(IMeterFactory factory)
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (ReferenceEquals(instrument.Meter.Scope, factory) && instrument.Meter.Name == "RealtimeGateway")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, value, tags.ToArray())));
        _listener.SetMeasurementEventCallback<double>((instrument, value, tags, _) => _measurements.Enqueue((instrument.Name, value, tags.ToArray())));
        _listener.Start();
    }

    /// <summary>The sum of what an instrument measured with these tags (<c>name=value</c>), whatever other tags there were.</summary>
    public double Sum(string instrument, params string[] tags) => Find(instrument, tags).Sum(measurement => measurement.Value);

    /// <summary>How often an instrument measured.</summary>
    public int Count(string instrument, params string[] tags) => Find(instrument, tags).Count();

    /// <summary>The tags of each measurement, as <c>name=value</c> in the order they were given.</summary>
    public IEnumerable<string> TagsOf(string instrument) => Find(instrument, []).Select(measurement => string.Join(' ', Print(measurement.Tags)));

    /// <summary>What an observed instrument says now.</summary>
    public double Observe(string instrument)
    {
        _measurements.Clear();
        _listener.RecordObservableInstruments();
        return Sum(instrument);
    }

    public void Dispose() => _listener.Dispose();

    private IEnumerable<(string Instrument, double Value, KeyValuePair<string, object?>[] Tags)> Find(string instrument, string[] tags) =>
        _measurements.Where(measurement => measurement.Instrument == instrument && !tags.Except(Print(measurement.Tags)).Any());

    private static IEnumerable<string> Print(KeyValuePair<string, object?>[] tags) => tags.Select(tag => $"{tag.Key}={tag.Value}");
}
