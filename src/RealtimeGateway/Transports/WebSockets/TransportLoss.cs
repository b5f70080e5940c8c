using System.Net.Sockets;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Which exceptions of a pipe say no more than that the client is gone, however that came about.</summary>
internal static class TransportLoss
{
    /// <summary>
    /// Whether it is one. Kestrel turns a reset into an <see cref="IOException"/>, but completes its pipes with the <see cref="SocketException"/> itself where
    /// TCP gives up on a host that is not there any more.
    /// </summary>
    public static bool Is(Exception exception) =>
        exception is IOException or SocketException or OperationCanceledException or ObjectDisposedException;
}
