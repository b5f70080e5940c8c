using System.IO.Pipelines;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>The way from a node to one of its clients: in order, sometimes slow to take more, ended by either side.</summary>
internal sealed class SimulatedTransport(SimulatedFleet fleet, SimulatedNode node, SimulatedClient client, ConnectionId id, Random random) : IClientTransport
{
    private readonly List<(long Message, int CloseCode)> _buffered = [];
    private bool _isAborted;

    /// <summary>Whether the client reads so slowly that a write sometimes has to wait.</summary>
    public bool IsSlow { get; init; }

    /// <inheritdoc/>
    public void WriteMessage(ReadOnlySpan<byte> payload, bool isBinary)
    {
        fleet.Loop.AssertOnLoop("A message was written");
        var message = MessageText.Read(payload);
        fleet.History.Add(fleet.Loop.Now, HistoryKind.Queued, node.Number, id, message);
        if (fleet.Mutations.ShufflesTransports && random.Next(20) == 0)
        {
            return;
        }

        _buffered.Add((message, 0));
    }

    /// <inheritdoc/>
    public byte[] Encode(ReadOnlySpan<byte> payload, bool isBinary) => payload.ToArray();

    /// <inheritdoc/>
    public void WriteEncoded(ReadOnlySpan<byte> message) => WriteMessage(message, isBinary: false);

    /// <inheritdoc/>
    public void WritePing() => node.Loop.Schedule(node.Lane, node.Loop.Now + (20 * TimeSpan.TicksPerMillisecond), () => node.Heard(id));

    /// <inheritdoc/>
    public void WritePong(ReadOnlySpan<byte> payload) => throw new NotSupportedException("Simulated clients do not ping.");

    /// <inheritdoc/>
    public void WriteClose(CloseReason reason)
    {
        node.Ended(id);
        _buffered.Add((0, reason.Code));
    }

    /// <inheritdoc/>
    public ValueTask<FlushResult> FlushAsync()
    {
        foreach (var (message, closeCode) in _buffered)
        {
            if (closeCode == 0)
            {
                client.Arrives(() => client.Receive(message));
            }
            else
            {
                client.Arrives(() => client.SeeClose(closeCode));
            }
        }

        _buffered.Clear();
        return IsSlow && random.Next(3) == 0 ? FlushSlowlyAsync() : ValueTask.FromResult(new FlushResult(false, _isAborted));
    }

    /// <inheritdoc/>
    public void End() => Abort();

    /// <inheritdoc/>
    public void Abort()
    {
        if (!_isAborted)
        {
            _isAborted = true;
            client.Arrives(() => client.SeeClose(CloseReason.Abnormal.Code));
            node.Loop.Schedule(node.Lane, node.Loop.Now, () => node.TransportEnded(id));
        }
    }

    private async ValueTask<FlushResult> FlushSlowlyAsync()
    {
        node.Watch(id);
        await Task.Delay(TimeSpan.FromTicks(random.NextInt64(50 * TimeSpan.TicksPerMillisecond)), node.Clock);
        return new FlushResult(false, _isAborted);
    }
}
