namespace RealtimeGateway.Tests.Simulation;

/// <summary>What is broken on purpose, in simulated parts only, to see that the checkers find what it causes. The default breaks nothing.</summary>
internal sealed record Mutations
{
    /// <summary>Nothing is broken.</summary>
    public static Mutations None { get; } = new();

    /// <summary>The node does not pass on the caller's name of a delivery: a repeat is not known as such.</summary>
    public bool DropsDeliveryKeys { get; init; }

    /// <summary>A caller names each attempt anew.</summary>
    public bool RenamesRetries { get; init; }

    /// <summary>The backplane does not tell that its data is another: the rule of the run sees nothing.</summary>
    public bool KeepsRun { get; init; }

    /// <summary>Everybody who wants to bury a node may.</summary>
    public bool IgnoresLock { get; init; }

    /// <summary>Condemned nodes get their lease back.</summary>
    public bool IgnoresTombstones { get; init; }

    /// <summary>Records are never kept.</summary>
    public bool DropsRecords { get; init; }

    /// <summary>What was certainly lost is called unknown, and what may have come is called certainly lost.</summary>
    public bool LiesAboutSending { get; init; }

    /// <summary>A transport loses one message in twenty, and two in twenty change places.</summary>
    public bool ShufflesTransports { get; init; }
}
