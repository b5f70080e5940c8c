namespace RealtimeGateway.Transports.WebSockets;

/// <summary>What a frame carries (RFC 6455 §5.2). Values from 8 up are control frames; the values between are reserved.</summary>
internal enum Opcode : byte
{
    /// <summary>A further fragment of the message under way.</summary>
    Continuation = 0x0,

    /// <summary>A message, or its first fragment, in UTF-8.</summary>
    Text = 0x1,

    /// <summary>A message, or its first fragment, of any bytes.</summary>
    Binary = 0x2,

    /// <summary>The last frame that a peer sends.</summary>
    Close = 0x8,

    /// <summary>Asks for a pong with the same payload.</summary>
    Ping = 0x9,

    /// <summary>Answers a ping, or says unasked that the peer is alive.</summary>
    Pong = 0xA,
}
