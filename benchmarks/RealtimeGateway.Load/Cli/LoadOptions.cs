namespace RealtimeGateway.Load.Cli;

/// <summary>What every scenario needs to know.</summary>
internal sealed record LoadOptions
{
    /// <summary>The ws or wss URL.</summary>
    public required Uri Url { get; init; }

    public required int Connections { get; init; }

    /// <summary>Traffic before the measured window, so that the server's code is compiled and its pools are filled.</summary>
    public TimeSpan Warmup { get; init; }

    /// <summary>The measured window.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>The window ends after this many messages, if earlier.</summary>
    public long MaxMessages { get; init; } = long.MaxValue;

    /// <summary>The processes whose processor time and memory, added up, are read from /proc.</summary>
    public IReadOnlyList<int> ServerProcessIds { get; init; } = [];

    /// <summary>Processes whose processor time is reported apart: a back end behind the server.</summary>
    public IReadOnlyList<int> BackEndProcessIds { get; init; } = [];

    /// <summary>Where the result also goes, as JSON.</summary>
    public string? JsonFile { get; init; }

    public bool AllowRemote { get; init; }

    public bool AcceptAnyCertificate { get; init; }

    /// <summary>Lines for the opening handshake, each <c>Name: value</c>.</summary>
    public string[] Headers { get; init; } = [];

    /// <summary>Handshakes under way at once.</summary>
    public int ConnectConcurrency { get; init; }

    /// <summary>Local addresses to come from at least; more are used when the ports of one do not suffice.</summary>
    public int MinSources { get; init; } = 1;

    /// <summary>For opening all connections.</summary>
    public TimeSpan ConnectTimeout { get; init; }
}
