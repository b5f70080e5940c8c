using System.Diagnostics;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>Starts the gateway as operators do: its program, a file, free ports, no tuning from outside but what the suite's options name.</summary>
internal sealed class Gateways(SuiteOptions options, string scratch)
{
    /// <summary>For <c>push --sign</c>, when <see cref="GatewaySettings.IsSigned"/>.</summary>
    public const string SigningKey = "AKIDBENCHMARK:benchmark-secret:us-east-1";

    public const string Name = "gateway";

    private const string Policy =
        """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"execute-api:ManageConnections","Resource":"*"}]}""";

    private int _started;

    /// <summary>The gateway, and the other builds of it that are to be measured beside it.</summary>
    public IEnumerable<Func<GatewaySettings, Subject>> Builds =>
        options.Also.Prepend(KeyValuePair.Create(Name, options.Gateway)).Select(build => (Func<GatewaySettings, Subject>)(settings => Start(build.Key, build.Value, settings)));

    public Subject Start(GatewaySettings settings) => Start(Name, options.Gateway, settings);

    /// <summary>Whether this build can be one of a fleet.</summary>
    public bool CanCluster()
    {
        using var help = Process.Start(new ProcessStartInfo(options.Gateway, ["--help"]) { RedirectStandardOutput = true })!;
        var text = help.StandardOutput.ReadToEnd();
        help.WaitForExit();
        return text.Contains("--redis", StringComparison.Ordinal);
    }

    private Subject Start(string name, string program, GatewaySettings settings)
    {
        var directory = Directory.CreateDirectory(Path.Combine(scratch, $"gateway-{++_started}")).FullName;
        var file = Path.Combine(directory, "gateway.yaml");
        File.WriteAllText(file, settings.ToYaml());
        var scheme = settings.Certificate is null ? "http" : "https";
        List<string> arguments =
        [
            file, "--data-url", $"{scheme}://127.0.0.1:0", "--admin-url", "http://127.0.0.1:0", "--data-dir", Path.Combine(directory, "data"),
        ];
        if (settings.Redis is { } redis)
        {
            arguments.AddRange(["--redis", redis]);
        }

        var (process, url) = ServerProcess.Start(program, arguments, Listening, Environment(settings), directory);
        var api = new Uri(url, "load/prod");
        return new Subject(name, [process], new UriBuilder(api) { Scheme = settings.Certificate is null ? "ws" : "wss" }.Uri, api);
    }

    // "  data   http://127.0.0.1:12345  clients and @connections"
    private static Uri? Listening(IReadOnlyList<string> lines) =>
        lines.FirstOrDefault(static line => line.StartsWith("  data ", StringComparison.Ordinal))?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, var url, ..]
            ? new Uri(url)
            : null;

    private Dictionary<string, string> Environment(GatewaySettings settings)
    {
        var environment = new Dictionary<string, string>(options.GatewayEnvironment);
        if (settings.Certificate is { } certificate)
        {
            environment["ASPNETCORE_Kestrel__Certificates__Default__Path"] = certificate.File;
            environment["ASPNETCORE_Kestrel__Certificates__Default__KeyPath"] = certificate.KeyFile;
        }

        if (settings.IsSigned)
        {
            var key = SigningKey.Split(':');
            environment["Gateway__Credentials__0__AccessKeyId"] = key[0];
            environment["Gateway__Credentials__0__SecretAccessKey"] = key[1];
            environment["Gateway__Credentials__0__Policy"] = Policy;
        }

        return environment;
    }
}
