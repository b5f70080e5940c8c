using System.CommandLine;

namespace RealtimeGateway.Load.Cli;

/// <summary>The options that each scenario has.</summary>
internal sealed class CommonOptions
{
    private readonly Argument<string> _url = new("url") { Description = "ws:// or wss:// URL. Loopback only, unless --allow-remote." };
    private readonly Option<int> _connections = new("--connections", "-n") { Description = "Connections to open.", DefaultValueFactory = static _ => 100 };
    private readonly Option<double> _warmup = new("--warmup") { Description = "Seconds of traffic before the measured window.", DefaultValueFactory = static _ => 2 };
    private readonly Option<double> _duration = new("--duration", "-d") { Description = "Seconds of the measured window (idle: of rest).", DefaultValueFactory = static _ => 5 };
    private readonly Option<long> _maxMessages = new("--count") { Description = "End the window after this many messages.", DefaultValueFactory = static _ => long.MaxValue };
    private readonly Option<int[]> _serverPids = new("--server-pid", "-p") { Description = "The server's process on this machine: its CPU time and memory are read from /proc. Of several the sum.", DefaultValueFactory = static _ => [] };
    private readonly Option<int[]> _backEndPids = new("--back-end-pid") { Description = "A process behind the server: its CPU time is reported apart. Of several the sum.", DefaultValueFactory = static _ => [] };
    private readonly Option<string?> _json = new("--json") { Description = "Also write the result to this file." };
    private readonly Option<bool> _allowRemote = new("--allow-remote") { Description = "The target is yours to load although it is not this machine." };
    private readonly Option<bool> _insecure = new("--insecure") { Description = "wss: accept any certificate." };
    private readonly Option<string[]> _headers = new("--header") { Description = "\"Name: value\" for the opening handshake; may be repeated.", DefaultValueFactory = static _ => [] };
    private readonly Option<int> _concurrency = new("--connect-concurrency") { Description = "Handshakes under way at once.", DefaultValueFactory = static _ => 128 };
    private readonly Option<int> _sources = new("--sources") { Description = "Local addresses 127.0.0.1… to come from at least; more are used by themselves when ports run short.", DefaultValueFactory = static _ => 1 };
    private readonly Option<double> _connectTimeout = new("--connect-timeout") { Description = "Seconds for opening all connections.", DefaultValueFactory = static _ => 60 };

    public void AddTo(Command command, bool hasTraffic)
    {
        command.Arguments.Add(_url);
        foreach (var option in new Option[] { _connections, _duration, _serverPids, _backEndPids, _json, _allowRemote, _insecure, _headers, _concurrency, _connectTimeout, _sources })
        {
            command.Options.Add(option);
        }

        if (hasTraffic)
        {
            command.Options.Add(_warmup);
            command.Options.Add(_maxMessages);
        }
    }

    /// <exception cref="RefusedException">A value makes no sense.</exception>
    public LoadOptions Read(ParseResult parsed, bool hasTraffic)
    {
        var text = parsed.GetRequiredValue(_url);
        if (!Uri.TryCreate(text, UriKind.Absolute, out var url) || url.Scheme is not ("ws" or "wss"))
        {
            throw new RefusedException($"'{text}' is not a ws:// or wss:// URL.");
        }

        return new LoadOptions
        {
            Url = url,
            Connections = Positive(parsed.GetValue(_connections), _connections.Name),
            Warmup = hasTraffic ? Seconds(parsed.GetValue(_warmup), _warmup.Name) : TimeSpan.Zero,
            Duration = Seconds(parsed.GetValue(_duration), _duration.Name),
            MaxMessages = hasTraffic ? parsed.GetValue(_maxMessages) : long.MaxValue,
            ServerProcessIds = Processes(parsed.GetValue(_serverPids)),
            BackEndProcessIds = Processes(parsed.GetValue(_backEndPids)),
            JsonFile = parsed.GetValue(_json),
            AllowRemote = parsed.GetValue(_allowRemote),
            AcceptAnyCertificate = parsed.GetValue(_insecure),
            Headers = parsed.GetValue(_headers) ?? [],
            ConnectConcurrency = Positive(parsed.GetValue(_concurrency), _concurrency.Name),
            MinSources = Positive(parsed.GetValue(_sources), _sources.Name),
            ConnectTimeout = Seconds(parsed.GetValue(_connectTimeout), _connectTimeout.Name),
        };
    }

    public static int Positive(int value, string name) => value > 0 ? value : throw new RefusedException($"{name} must be above 0.");

    /// <summary>A bounded duration: a load run that nobody ends must end itself.</summary>
    public static TimeSpan Seconds(double value, string name) => value is >= 0 and <= 3600
        ? TimeSpan.FromSeconds(value)
        : throw new RefusedException($"{name} must be between 0 and 3600 seconds.");

    private static int[] Processes(int[]? ids)
    {
        foreach (var id in ids ?? [])
        {
            if (!Directory.Exists($"/proc/{id}"))
            {
                throw new RefusedException($"There is no process {id}.");
            }
        }

        return ids ?? [];
    }
}
