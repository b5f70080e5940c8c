namespace RealtimeGateway.Load.WebSockets;

/// <summary>What came of an attempt to read a frame.</summary>
internal enum FrameStatus
{
    Incomplete,
    Complete,
    Invalid,
}
