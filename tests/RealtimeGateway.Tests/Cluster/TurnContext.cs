namespace RealtimeGateway.Tests.Cluster;

/// <summary>What is posted waits until the test says so.</summary>
internal sealed class TurnContext : SynchronizationContext
{
    private readonly Queue<(SendOrPostCallback Callback, object? State)> _posted = new();

    public override void Post(SendOrPostCallback d, object? state) => _posted.Enqueue((d, state));

    /// <summary>Runs everything that was posted, and what is posted by that.</summary>
    public void Run()
    {
        while (_posted.TryDequeue(out var next))
        {
            next.Callback(next.State);
        }
    }
}
