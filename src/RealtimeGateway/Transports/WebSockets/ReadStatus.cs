namespace RealtimeGateway.Transports.WebSockets;

/// <summary>What <see cref="MessageReader"/> came to.</summary>
internal enum ReadStatus
{
    /// <summary>All bytes are used up; nothing is to be done until more arrive.</summary>
    NeedMore,

    /// <summary>A whole message waits to be taken.</summary>
    Message,

    /// <summary>A ping; its payload is to be sent back.</summary>
    Ping,

    /// <summary>A pong.</summary>
    Pong,

    /// <summary>A valid close frame; echo its payload. The reader is at its end.</summary>
    Close,

    /// <summary>The peer broke a rule or a limit; close with <see cref="MessageReader.Violation"/>. The reader is at its end.</summary>
    Violation,
}
