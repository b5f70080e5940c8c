using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// What <c>$connect</c> said to a client whose handshake has not been answered. Decided before Kestrel's HTTP has seen the request, and being a refusal, it
/// travels there as a feature of the connection, so that it is answered as any other and nobody is asked twice.
/// </summary>
/// <param name="Slot">The stage.</param>
/// <param name="Id">The connection to be.</param>
/// <param name="Decision">What was said. Whoever answers the handshake disposes of it.</param>
internal sealed record ConnectAttempt(StageSlot Slot, ConnectionId Id, ConnectDecision Decision)
{
    private int _isTaken;

    /// <summary>Whether the caller is the one to answer with it: later requests of a connection that is kept alive are not.</summary>
    public bool TryTake() => Interlocked.Exchange(ref _isTaken, 1) == 0;
}
