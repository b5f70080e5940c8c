namespace RealtimeGateway.Load.Suite;

/// <summary>What the suite is to do.</summary>
internal sealed record SuiteOptions
{
    /// <summary>The repository.</summary>
    public required string Root { get; init; }

    /// <summary>Where <c>performance.md</c> and the directory <c>performance</c> are written.</summary>
    public required string Output { get; init; }

    /// <summary>Names of experiments, or beginnings of names; empty: all.</summary>
    public IReadOnlyList<string> Only { get; init; } = [];

    /// <summary>Short windows and few points: to see that all works, not to quote.</summary>
    public bool IsQuick { get; init; }

    /// <summary>How often each subject is measured, in turn with the others.</summary>
    public required int Rounds { get; init; }

    /// <summary>Before each measured window.</summary>
    public required TimeSpan Warmup { get; init; }

    /// <summary>The measured window.</summary>
    public required TimeSpan Window { get; init; }

    /// <summary>The gateway's program.</summary>
    public required string Gateway { get; init; }

    /// <summary>Other builds of the gateway to measure in the same run, by name.</summary>
    public IReadOnlyDictionary<string, string> Also { get; init; } = new Dictionary<string, string>();

    /// <summary>Set for each gateway, beyond what it sets itself.</summary>
    public IReadOnlyDictionary<string, string> GatewayEnvironment { get; init; } = new Dictionary<string, string>();

    /// <summary>The hand-written programs.</summary>
    public required string Floors { get; init; }

    /// <summary>The folder of the programs of other makers.</summary>
    public string Peers => Path.Combine(Root, "benchmarks", "peers");
}
