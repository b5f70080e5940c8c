namespace RealtimeGateway.Transports.WebSockets;

/// <summary>What <see cref="FrameReader"/> found.</summary>
internal enum FrameStatus
{
    /// <summary>The bytes end inside the header; nothing wrong so far.</summary>
    NeedMore,

    /// <summary>A whole, valid header.</summary>
    Complete,

    /// <summary>The bytes cannot become a valid header: close with 1002.</summary>
    ProtocolError,

    /// <summary>A valid header that announces more payload than the limit: close with 1009. The header is filled in.</summary>
    TooBig,
}
