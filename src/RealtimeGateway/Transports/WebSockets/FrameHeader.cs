namespace RealtimeGateway.Transports.WebSockets;

/// <summary>The start of one frame, everything before its payload (RFC 6455 §5.2).</summary>
/// <param name="Opcode">What the frame carries.</param>
/// <param name="IsFinal">Whether the frame ends its message.</param>
/// <param name="IsMasked">Whether the payload must be unmasked with <paramref name="MaskKey"/>.</param>
/// <param name="PayloadLength">Bytes of payload that the sender announces; never negative.</param>
/// <param name="MaskKey">The four key bytes in memory order, as <see cref="FrameMask"/> takes them; 0 when not masked.</param>
/// <param name="Size">Bytes that the header itself takes, 2 to <see cref="FrameReader.MaxHeaderSize"/>.</param>
internal readonly record struct FrameHeader(
    Opcode Opcode, bool IsFinal, bool IsMasked, long PayloadLength, uint MaskKey, int Size)
{
    /// <summary>The largest payload of a control frame (RFC 6455 §5.5).</summary>
    public const int MaxControlPayload = 125;

    /// <summary>Whether the frame is a close, ping or pong, which may stand between the fragments of a message.</summary>
    public bool IsControl => Opcode >= Opcode.Close;
}
