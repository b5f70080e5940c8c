using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>A client: connects once, takes what it gets, and leaves when it is told to or its connection ends.</summary>
internal sealed class SimulatedClient(SimulatedFleet fleet)
{
    private readonly Random _random = fleet.Loop.Fork();
    private SimulatedNode? _node;
    private long _lastArrival;
    private bool _isOver;

    /// <summary>Its connection; the default before there is one.</summary>
    public ConnectionId Id { get; private set; }

    /// <summary>Whether it has a connection and has not seen it end.</summary>
    public bool IsOpen => Id != default && !_isOver;

    /// <summary>Connects to a node.</summary>
    public void Connect(SimulatedNode node)
    {
        _node = node;
        node.Loop.Schedule(node.Lane, node.Loop.Now + Delay(), () => node.Accept(this));
    }

    /// <summary>Has something arrive from the node after what was sent before it.</summary>
    public void Arrives(Action action)
    {
        _lastArrival = Math.Max(_lastArrival + 1, fleet.Loop.Now + Delay());
        fleet.Loop.Schedule(fleet.World, _lastArrival, action);
    }

    /// <summary>The handshake is answered.</summary>
    public void Open(ConnectionId id)
    {
        if (_isOver)
        {
            return;
        }

        Id = id;
        fleet.History.Add(fleet.Loop.Now, HistoryKind.ClientOpen, connection: id);
        fleet.Known.Add(this);
    }

    /// <summary>A message has come.</summary>
    public void Receive(long message)
    {
        if (!_isOver)
        {
            fleet.History.Add(fleet.Loop.Now, HistoryKind.Received, connection: Id, number: message);
        }
    }

    /// <summary>The node has closed; a client that is asked to close does.</summary>
    public void SeeClose(int code)
    {
        if (!_isOver)
        {
            Finish(code);
            Tell(orderly: false);
        }
    }

    /// <summary>Leaves, with a close frame or without.</summary>
    public void Leave(bool orderly)
    {
        if (!_isOver)
        {
            Finish(orderly ? 1000 : CloseReason.Abnormal.Code);
            Tell(orderly);
        }
    }

    private void Finish(int code)
    {
        _isOver = true;
        fleet.History.Add(fleet.Loop.Now, HistoryKind.ClientClosed, connection: Id, number: code);
    }

    private void Tell(bool orderly)
    {
        if (_node is { } node && Id is var id)
        {
            fleet.Loop.Schedule(node.Lane, fleet.Loop.Now + Delay(), () =>
            {
                if (orderly)
                {
                    node.ClientClosed(id);
                }
                else
                {
                    node.TransportEnded(id);
                }
            });
        }
    }

    private long Delay() => _random.NextInt64(1_000, 20_000);
}
