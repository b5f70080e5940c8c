namespace RealtimeGateway.Tests.Simulation;

/// <summary>What an entry of a <see cref="History"/> says.</summary>
internal enum HistoryKind
{
    /// <summary>A node has started, or goes on as another incarnation: <c>Node</c>, <c>Number</c> = incarnation.</summary>
    Joined,

    /// <summary>A node has reached the backplane for the first time as this incarnation: <c>Node</c>, <c>Number</c> = incarnation.</summary>
    Announced,

    /// <summary>A node was killed.</summary>
    Crashed,

    /// <summary>A node has left in order; its process ends.</summary>
    Left,

    /// <summary>A node is stopped.</summary>
    Frozen,

    /// <summary>It goes on.</summary>
    Thawed,

    /// <summary>A node is cut off from the backplane.</summary>
    Cut,

    /// <summary>It is not any more.</summary>
    Healed,

    /// <summary>The backplane is away, or about to lose data; <c>Text</c> says what happens.</summary>
    BackplaneAway,

    /// <summary>The backplane is back.</summary>
    BackplaneBack,

    /// <summary>A clock was stepped.</summary>
    ClockStepped,

    /// <summary>A tombstone was written: <c>Number</c> = the incarnation that is dead, <c>Node</c> = who wrote it.</summary>
    Condemned,

    /// <summary>A connection is open at its node: <c>Connection</c>, <c>Node</c>.</summary>
    Opened,

    /// <summary>Its node takes no message for it any more.</summary>
    Ended,

    /// <summary>Its client has the handshake's answer and did not leave.</summary>
    ClientOpen,

    /// <summary>Its client knows that it ended: <c>Number</c> = close code.</summary>
    ClientClosed,

    /// <summary>A message is written to its transport at its node: <c>Number</c> = message.</summary>
    Queued,

    /// <summary>Its client got a message: <c>Number</c> = message.</summary>
    Received,

    /// <summary>A caller's attempt begins: <c>Number</c> = call, <c>Connection</c>, <c>Node</c> = which it asks, <c>Text</c> = kind.</summary>
    AttemptBegan,

    /// <summary>It ends: <c>Number</c> = call, <c>Status</c>; 0: no answer came.</summary>
    AttemptEnded,

    /// <summary>A message was given to the bus: <c>Number</c> = message, <c>Node</c> = from where.</summary>
    Sent,

    /// <summary>A node begins to tell a connection's end: <c>Connection</c>, <c>Node</c>, <c>Text</c> = event id.</summary>
    TellBegan,

    /// <summary>The back end has answered.</summary>
    TellEnded,

    /// <summary>A connection's record is in the backplane.</summary>
    RecordWritten,

    /// <summary>It is there no more.</summary>
    RecordGone,

    /// <summary>Everything is healed, and no new load comes.</summary>
    Settling,

    /// <summary>The run is over but for its last questions.</summary>
    Settled,
}
