using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>A call to a connection of another node.</summary>
/// <param name="Kind">What is to be done.</param>
/// <param name="Id">To which connection.</param>
/// <param name="ApiId">The API that the call came through.</param>
/// <param name="StartedAt">When the caller began to wait, in milliseconds of <see cref="BusClock"/>.</param>
internal readonly record struct RemoteCall(CallKind Kind, ConnectionId Id, ApiId ApiId, long StartedAt)
{
    /// <summary>The message; must stay as it is until the call is answered.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>Whether it is a binary message.</summary>
    public bool IsBinary { get; init; }

    /// <summary>Makes repeats known as such.</summary>
    public DeliveryKey Key { get; init; }

    /// <summary>The connections of a <see cref="CallKind.PostMany"/>, <see cref="ConnectionId.Size"/> bytes each; <see cref="Id"/> then names their node only.</summary>
    public ReadOnlyMemory<byte> Targets { get; init; }

    /// <summary>Their keys, <see cref="DeliveryKey.Size"/> bytes each; empty: there are none.</summary>
    public ReadOnlyMemory<byte> TargetKeys { get; init; }

    /// <summary>How much of the caller's it carries, in bytes.</summary>
    public int Bytes => Payload.Length + Targets.Length + TargetKeys.Length;
}
