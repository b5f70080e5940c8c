namespace RealtimeGateway.Cluster;

/// <summary>What one node answers another. The numbers are on the wire.</summary>
internal enum ReplyOutcome
{
    /// <summary>Not answered yet; never sent.</summary>
    UnderWay = 0,

    /// <summary><see cref="DeliveryOutcome.Done"/>.</summary>
    Done = 1,

    /// <summary><see cref="DeliveryOutcome.Gone"/>.</summary>
    Gone = 2,

    /// <summary><see cref="DeliveryOutcome.Full"/>.</summary>
    Full = 3,

    /// <summary>Not done: it came too late.</summary>
    Late = 4,

    /// <summary>Not done: the node may be taken for dead, does not know what is asked, or never had such connections.</summary>
    Refused = 5,

    /// <summary><see cref="DeliveryOutcome.Repeated"/>.</summary>
    Repeated = 6,
}
