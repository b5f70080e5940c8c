namespace RealtimeGateway.Cluster;

/// <summary>Reads the fleet for all who ask, one reading at a time: a flood of questions costs no more than one.</summary>
internal sealed class FleetReader(IBackplane backplane, FleetOptions options, TimeProvider time)
{
    private readonly Lock _gate = new();
    private Waiters<FleetReading?>? _next;
    private bool _isReading;

    /// <summary>A reading that began after this call; null when the backplane does not answer.</summary>
    public Task<FleetReading?> ReadAsync(CancellationToken cancellationToken)
    {
        Task<FleetReading?> reading;
        bool isFirst;
        lock (_gate)
        {
            _next ??= new Waiters<FleetReading?>(time);
            reading = _next.WaitAsync(Timeout.InfiniteTimeSpan, null, cancellationToken);
            isFirst = !_isReading;
            _isReading = true;
        }

        if (isFirst)
        {
            _ = ReadForAllAsync();
        }

        return reading;
    }

    private async Task ReadForAllAsync()
    {
        while (TryTakeAsked() is { } asked)
        {
            asked.Answer(await ReadOnceAsync());
        }
    }

    private Waiters<FleetReading?>? TryTakeAsked()
    {
        lock (_gate)
        {
            var asked = _next;
            _next = null;
            _isReading = asked is not null;
            return asked;
        }
    }

    private async ValueTask<FleetReading?> ReadOnceAsync()
    {
        var beganAt = time.GetTimestamp();
        try
        {
            using var timeout = new CancellationTokenSource(options.RenewalTimeout, time);
            return new FleetReading(await backplane.ReadFleetAsync(timeout.Token), beganAt);
        }
        catch (Exception)
        {
            // Even a fault of the backplane's client only means that nothing is known now; the renewals, which meet it too, log it.
            return null;
        }
    }
}
