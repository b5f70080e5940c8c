using System.Globalization;
using Microsoft.Extensions.Configuration;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Redis;

namespace RealtimeGateway.Server;

/// <summary>The settings of the program: command line before environment (<c>Gateway__DataUrl</c>) before <c>appsettings.json</c> (<c>Gateway:DataUrl</c>).</summary>
internal sealed record ServerSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Gateway";

    /// <summary>The file that is used when none is named and it exists.</summary>
    public const string DefaultFile = "gateway.yaml";

    /// <summary>How long the last messages, clients and back ends get to finish: the longest that an integration may take, and a little.</summary>
    public static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(30);

    /// <summary>What the listeners, the store and the logs get to end after that.</summary>
    private static readonly TimeSpan ListenersTimeout = TimeSpan.FromSeconds(10);

    private static readonly TimeSpan DefaultDrainTime = TimeSpan.FromSeconds(60);

    /// <summary>Long enough for any deployment, short enough that a mistyped figure is noticed.</summary>
    private static readonly TimeSpan MaxDrainTime = TimeSpan.FromHours(1);

    /// <summary>Where clients and callers of @connections connect. Default <c>http://127.0.0.1:8080</c>.</summary>
    public required ListenUrl DataUrl { get; init; }

    /// <summary>Where operators connect. Default <c>http://127.0.0.1:8081</c>.</summary>
    public required ListenUrl AdminUrl { get; init; }

    /// <summary>Where the gateway keeps what must outlive it. Made when first needed. Default <c>./data</c>.</summary>
    public required string DataDirectory { get; init; }

    /// <summary>
    /// Where clients reach an API, with <c>{apiId}</c> in it; shown as <c>apiEndpoint</c>. <see langword="null"/>: this machine and the bound port.
    /// </summary>
    public string? PublicUrl { get; init; }

    /// <summary>How long the gateway, told to stop, waits with closing clients until load balancers see that it is not ready. Default 0.</summary>
    public TimeSpan DrainDelay { get; init; }

    /// <summary>The time over which clients are closed when the gateway is told to stop. Default 60 s.</summary>
    public TimeSpan DrainTime { get; init; } = DefaultDrainTime;

    /// <summary>The addresses and networks whose word about the client is taken. Default none.</summary>
    public TrustedProxies TrustedProxies { get; init; } = TrustedProxies.None;

    /// <summary>How long the host may take to stop: longer than all of its parts, so that it cuts none of them short.</summary>
    public TimeSpan ShutdownTimeout => DrainDelay + DrainTime + StopTimeout + ListenersTimeout;

    /// <summary>The configuration file; <see langword="null"/>: none was named and there is no <c>./gateway.yaml</c>.</summary>
    public required string? File { get; init; }

    /// <summary>The Redis of the fleet; <see langword="null"/>: this node is alone.</summary>
    public string? Redis { get; init; }

    /// <summary>What the names of the fleet's keys in Redis begin with. Default <c>rg</c>.</summary>
    public string RedisKeyPrefix { get; init; } = "rg";

    /// <summary>What operators call this node. <see langword="null"/>: the name of the machine and the process id.</summary>
    public string? NodeName { get; init; }

    /// <summary>Whether what bytes cause runs on the threads that find them, and not on the pool's. Default on.</summary>
    public bool InlineThreads { get; init; } = true;

    /// <summary>Whether WebSockets of the data listener are taken over before Kestrel's HTTP. Default on.</summary>
    public bool EarlyTakeOver { get; init; } = true;

    /// <summary>Whether the admin listener has <c>/metrics</c> for Prometheus. Default off: counting costs a little for each message.</summary>
    public bool Metrics { get; init; }

    /// <summary>Reads and checks the settings; <see langword="null"/> when something is wrong, all of which is then in <paramref name="problems"/>.</summary>
    public static ServerSettings? Read(IConfiguration configuration, ICollection<string> problems)
    {
        var section = configuration.GetSection(Section);
        var dataUrl = ReadUrl(section, nameof(DataUrl), "--data-url", "http://127.0.0.1:8080", problems);
        var adminUrl = ReadUrl(section, nameof(AdminUrl), "--admin-url", "http://127.0.0.1:8081", problems);
        if (dataUrl is not null && adminUrl is not null && dataUrl.Port != 0 && dataUrl.Port == adminUrl.Port
            && (dataUrl.Address.Equals(adminUrl.Address) || dataUrl.Host is "*" or "+" || adminUrl.Host is "*" or "+"))
        {
            problems.Add($"--data-url and --admin-url are both {dataUrl}; give them different ports");
        }

        var directory = section["DataDir"] is { Length: > 0 } named ? named : "./data";
        if (DirectoryProblem(directory) is { } problem)
        {
            problems.Add($"--data-dir (Gateway:DataDir): {problem}");
        }

        var publicUrl = section["PublicUrl"] is { Length: > 0 } template ? template : null;
        if (publicUrl is not null && PublicUrlProblem(publicUrl) is { } wrong)
        {
            problems.Add($"{Section}:PublicUrl: {wrong}");
        }

        var earlyTakeOver = ReadSwitch(section, nameof(EarlyTakeOver), fallback: true, problems);
        var inlineThreads = ReadSwitch(section, nameof(InlineThreads), fallback: true, problems);
        var metrics = ReadSwitch(section, nameof(Metrics), fallback: false, problems);
        var drainTime = ReadSeconds(section, nameof(DrainTime), "--drain-time", DefaultDrainTime, problems);
        var drainDelay = ReadSeconds(section, nameof(DrainDelay), null, TimeSpan.Zero, problems);
        var trusted = ReadTrustedProxies(section, problems);
        var redis = section["Redis"] is { Length: > 0 } connection ? connection : null;
        if (redis is not null && !RedisConnectionString.TryParse(redis, out _, out var redisProblem))
        {
            problems.Add($"--redis ({Section}:Redis): {redisProblem}");
        }

        var prefix = section["RedisKeyPrefix"] is { Length: > 0 } chosen ? chosen : "rg";
        if (!RedisKeys.IsPrefix(prefix))
        {
            problems.Add($"{Section}:RedisKeyPrefix: '{prefix}' is no prefix; write 1 to {RedisKeys.MaxPrefixLength} letters, digits, '.', '_' or '-'");
        }

        var file = section["File"] is { Length: > 0 } given ? given : System.IO.File.Exists(DefaultFile) ? DefaultFile : null;
        return problems.Count > 0
            ? null
            : new()
            {
                DataUrl = dataUrl!,
                AdminUrl = adminUrl!,
                DataDirectory = directory,
                File = file,
                PublicUrl = publicUrl,
                InlineThreads = inlineThreads,
                EarlyTakeOver = earlyTakeOver,
                Metrics = metrics,
                DrainTime = drainTime,
                DrainDelay = drainDelay,
                TrustedProxies = trusted,
                Redis = redis,
                RedisKeyPrefix = prefix,
                NodeName = section["NodeName"] is { Length: > 0 } name ? name : null,
            };
    }

    private static TimeSpan ReadSeconds(IConfigurationSection section, string name, string? option, TimeSpan fallback, ICollection<string> problems)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (double.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var seconds) && seconds <= MaxDrainTime.TotalSeconds)
        {
            return TimeSpan.FromSeconds(seconds);
        }

        var told = option is null ? $"{Section}:{name}" : $"{option} ({Section}:{name})";
        problems.Add($"{told}: '{text}' is no number of seconds from 0 to {MaxDrainTime.TotalSeconds}");
        return fallback;
    }

    private static TrustedProxies ReadTrustedProxies(IConfigurationSection section, ICollection<string> problems)
    {
        var list = section.GetSection(nameof(TrustedProxies));
        // One value with commas as well, since that is what fits into one variable of an environment.
        var texts = list.Value is { } line
            ? line.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            : [.. list.GetChildren().Select(child => child.Value ?? "")];
        var header = section["ForwardedHeader"] is { Length: > 0 } named ? named : TrustedProxies.XForwarded;
        if (!TrustedProxies.TryCreate(texts, header, out var proxies, out var problem))
        {
            problems.Add($"{Section}:{problem}");
        }

        return proxies;
    }

    private static ListenUrl? ReadUrl(IConfigurationSection section, string name, string option, string fallback, ICollection<string> problems)
    {
        var text = section[name] is { Length: > 0 } given ? given : fallback;
        if (!ListenUrl.TryParse(text, out var url, out var problem))
        {
            problems.Add($"{option} ({Section}:{name}): {problem}");
        }

        return url;
    }

    private static bool ReadSwitch(IConfigurationSection section, string name, bool fallback, ICollection<string> problems)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return fallback;
        }

        if (!bool.TryParse(text, out var value))
        {
            problems.Add($"{Section}:{name}: '{text}' is neither true nor false");
        }

        return value;
    }

    private static string? PublicUrlProblem(string template) =>
        template.Contains("{apiId}", StringComparison.Ordinal)
        && Uri.TryCreate(template.Replace("{apiId}", "api", StringComparison.Ordinal), UriKind.Absolute, out var url)
        && url.Scheme is "ws" or "wss"
            ? null
            : $"'{template}' is no URL with {{apiId}} in it; write for example wss://{{apiId}}.example.com or ws://localhost:8080/{{apiId}}";

    private static string? DirectoryProblem(string directory)
    {
        if (System.IO.File.Exists(directory))
        {
            return $"'{directory}' is a file; name a directory";
        }

        if (!Directory.Exists(directory))
        {
            return null;
        }

        try
        {
            var probe = Path.Combine(directory, $".probe-{Environment.ProcessId}");
            using (System.IO.File.Create(probe, bufferSize: 1, FileOptions.DeleteOnClose))
            {
                return null;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return $"'{directory}' cannot be written to; give this user the right, or name another directory ({exception.Message})";
        }
    }
}
