using Microsoft.Extensions.Configuration;

namespace RealtimeGateway.Server;

/// <summary>The settings of the program: command line before environment (<c>Gateway__DataUrl</c>) before <c>appsettings.json</c> (<c>Gateway:DataUrl</c>).</summary>
internal sealed record ServerSettings
{
    /// <summary>The section of the configuration.</summary>
    public const string Section = "Gateway";

    /// <summary>The file that is used when none is named and it exists.</summary>
    public const string DefaultFile = "gateway.yaml";

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

    /// <summary>The configuration file; <see langword="null"/>: none was named and there is no <c>./gateway.yaml</c>.</summary>
    public required string? File { get; init; }

    /// <summary>Whether what bytes cause runs on the threads that find them, and not on the pool's. Default on.</summary>
    public bool InlineThreads { get; init; } = true;

    /// <summary>Whether WebSockets of the data listener are taken over before Kestrel's HTTP. Default on.</summary>
    public bool EarlyTakeOver { get; init; } = true;

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

        var earlyTakeOver = ReadSwitch(section, nameof(EarlyTakeOver), problems);
        var inlineThreads = ReadSwitch(section, nameof(InlineThreads), problems);
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
            };
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

    private static bool ReadSwitch(IConfigurationSection section, string name, ICollection<string> problems)
    {
        if (section[name] is not { Length: > 0 } text)
        {
            return true;
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
