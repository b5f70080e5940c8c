using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>One request within a batch.</summary>
/// <param name="Kind">What is asked; may be none of the known ones.</param>
/// <param name="Id">Names it among those of its sender; 0 for a probe.</param>
/// <param name="AgeMilliseconds">How long its caller had waited when the batch was sent.</param>
internal readonly record struct RequestFrame(CallKind Kind, ulong Id, long AgeMilliseconds)
{
    /// <summary>The API that the call came through.</summary>
    public ApiId ApiId { get; init; }

    /// <summary>The connection.</summary>
    public ConnectionId ConnectionId { get; init; }

    /// <summary>Makes repeats known as such.</summary>
    public DeliveryKey Key { get; init; }

    /// <summary>The connections of a <see cref="CallKind.PostMany"/>, <see cref="ConnectionId.Size"/> bytes each; a part of the batch's memory.</summary>
    public ReadOnlyMemory<byte> Targets { get; init; }

    /// <summary>Their keys, <see cref="DeliveryKey.Size"/> bytes each, or nothing; a part of the batch's memory.</summary>
    public ReadOnlyMemory<byte> TargetKeys { get; init; }

    /// <summary>Whether the message is binary.</summary>
    public bool IsBinary { get; init; }

    /// <summary>The message; a part of the batch's memory.</summary>
    public ReadOnlyMemory<byte> Payload { get; init; }

    /// <summary>How much of the batch's memory it uses, in bytes.</summary>
    public int Bytes => Payload.Length + Targets.Length + TargetKeys.Length;
}
