using System.Globalization;
using System.Runtime.InteropServices;
using RealtimeGateway.Load.Suite.Servers;

namespace RealtimeGateway.Load.Suite.Results;

/// <summary>Where and with what something was measured.</summary>
internal sealed record MachineFacts
{
    public required string Processor { get; init; }

    public required int Cores { get; init; }

    public required double MemoryGiB { get; init; }

    public required string Kernel { get; init; }

    /// <summary>The load average of the last minute when the experiment began: other work on the machine, or the suite's own just before.</summary>
    public required double LoadBefore { get; init; }

    /// <summary>The commit of the gateway; with <c>+</c> when files differ from it.</summary>
    public required string Commit { get; init; }

    /// <summary>Versions by name: the runtime, and the peers that are installed.</summary>
    public required IReadOnlyDictionary<string, string> Versions { get; init; }

    public static MachineFacts Read(SuiteOptions options) => new()
    {
        Processor = Line("/proc/cpuinfo", "model name") ?? RuntimeInformation.ProcessArchitecture.ToString(),
        Cores = Environment.ProcessorCount,
        MemoryGiB = Math.Round(double.Parse((Line("/proc/meminfo", "MemTotal") ?? "0 kB").Split(' ')[0], CultureInfo.InvariantCulture) / 1048576, 1),
        Kernel = File.ReadAllText("/proc/sys/kernel/osrelease").Trim(),
        LoadBefore = double.Parse(File.ReadAllText("/proc/loadavg").Split(' ')[0], CultureInfo.InvariantCulture),
        Commit = CommitOf(options.Root),
        Versions = VersionsOf(options),
    };

    private static string? Line(string file, string name) =>
        File.ReadLines(file).FirstOrDefault(line => line.StartsWith(name, StringComparison.Ordinal))?.Split(':')[1].Trim();

    private static string CommitOf(string root)
    {
        var commit = Peers.VersionOf("git", "-C", root, "rev-parse", "--short=12", "HEAD") ?? "unknown";
        return commit + (Peers.VersionOf("git", "-C", root, "status", "--porcelain", "--", "src", "benchmarks") is { Length: > 0 } ? "+" : "");
    }

    private static SortedDictionary<string, string> VersionsOf(SuiteOptions options)
    {
        var versions = new SortedDictionary<string, string>(StringComparer.Ordinal) { [".NET"] = Environment.Version.ToString() };
        Add("nginx", Peers.VersionOf("nginx", "-v")?.Replace("nginx version: nginx/", "", StringComparison.Ordinal));
        Add("nchan", Peers.VersionOf("dpkg-query", "-W", "-f=${Version}", "libnginx-mod-nchan"));
        Add("Node", Peers.VersionOf("node", "--version"));
        Add("Redis", Peers.VersionOf("redis-server", "--version")?.Split(' ').FirstOrDefault(static word => word.StartsWith("v=", StringComparison.Ordinal))?[2..]);
        Add("ws", PackageVersion("node-ws", "ws"));
        Add("serverless-offline", PackageVersion("serverless-offline", "serverless-offline"));
        return versions;

        void Add(string name, string? version)
        {
            if (version is { Length: > 0 })
            {
                versions[name] = version;
            }
        }

        string? PackageVersion(string peer, string package)
        {
            var file = Path.Combine(options.Peers, peer, "node_modules", package, "package.json");
            return File.Exists(file) ? System.Text.Json.JsonDocument.Parse(File.ReadAllBytes(file)).RootElement.GetProperty("version").GetString() : null;
        }
    }
}
