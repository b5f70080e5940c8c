using System.Globalization;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary>The compose file and the image agree with the program and with each other.</summary>
public sealed partial class ComposeTests
{
    private static readonly YamlNode Compose = DeployedFiles.Yaml("docker-compose.yml");
    private static readonly string Dockerfile = DeployedFiles.Read("Dockerfile");

    public static TheoryData<string> Gateways { get; } = ["gateway-1", "gateway-2", "gateway-3"];

    [Theory]
    [MemberData(nameof(Gateways))]
    public void Gateway_GracePeriod_IsLongerThanTheDrain(string name)
    {
        var gateway = Compose["services"][name];
        var environment = gateway["environment"];
        var drain = Number(environment["Gateway__DrainTime"]) + Number(environment["Gateway__DrainDelay"]);

        // 30 s for what was begun, 10 s for the listeners: ServerSettings.
        Assert.InRange(Seconds(gateway["stop_grace_period"]), drain + 41, 600);
    }

    [Theory]
    [MemberData(nameof(Gateways))]
    public void Gateway_IsClosedIn(string name)
    {
        var gateway = Compose["services"][name];

        Assert.Equal("true", gateway["read_only"].ToString());
        Assert.Equal("ALL", gateway["cap_drop"][0].ToString());
        Assert.DoesNotContain((YamlNode)"ports", ((YamlMappingNode)gateway).Children.Keys);
        Assert.Contains(((YamlSequenceNode)gateway["tmpfs"]).Children, mount => mount.ToString().StartsWith("/data", StringComparison.Ordinal));
    }

    [Fact]
    public void Proxy_IsTheOneThatIsTrusted() => Assert.Equal(
        Compose["services"]["haproxy"]["networks"]["fleet"]["ipv4_address"].ToString(),
        Compose["services"]["gateway-1"]["environment"]["Gateway__TrustedProxies"].ToString());

    [Fact]
    public void Secrets_HaveNoDefaults()
    {
        var secrets = Variable().Matches(DeployedFiles.Read("docker-compose.yml")).Select(match => match.Value).Distinct().ToArray();

        Assert.Equal(2, secrets.Length);
        Assert.All(secrets, secret => Assert.Contains(":?", secret, StringComparison.Ordinal));
    }

    [Fact]
    public void Services_DependOnWhatIsThere()
    {
        var services = ((YamlMappingNode)Compose["services"]).Children;
        foreach (var (_, service) in services)
        {
            if (((YamlMappingNode)service).Children.TryGetValue("depends_on", out var others))
            {
                Assert.All(((YamlMappingNode)others).Children.Keys, other => Assert.Contains(other, services.Keys));
            }
        }
    }

    [Fact]
    public void Mounts_AreInTheRepository()
    {
        var mounts = ((YamlMappingNode)Compose["services"]).Children.Values
            .SelectMany(service => ((YamlMappingNode)service).Children.TryGetValue("volumes", out var volumes) ? ((YamlSequenceNode)volumes).Children : [])
            .Select(mount => mount.ToString().Split(':')[0])
            .Distinct()
            .ToArray();

        Assert.NotEmpty(mounts);
        Assert.All(mounts, mount => Assert.True(File.Exists(DeployedFiles.PathOf(mount)), mount));
    }

    [Fact]
    public void Image_IsNotRootAndAsksItself()
    {
        Assert.Contains("chiseled", Dockerfile, StringComparison.Ordinal);
        var gateway = Dockerfile[Dockerfile.LastIndexOf("FROM ", StringComparison.Ordinal)..];
        Assert.Contains("USER $APP_UID", gateway, StringComparison.Ordinal);
        Assert.Contains("EXPOSE 8080 8081", gateway, StringComparison.Ordinal);
        Assert.Contains("""CMD ["dotnet", "/app/RealtimeGateway.Server.dll", "health", "--admin-url", "http://127.0.0.1:8081"]""", gateway, StringComparison.Ordinal);
        // Without a shell every command is a list.
        Assert.DoesNotMatch(@"(?m)^(ENTRYPOINT|CMD|\s+CMD) [^\[]", gateway);
    }

    [Fact]
    public void Image_ProjectsAreThere()
    {
        Assert.All(Project().Matches(Dockerfile), match => Assert.True(Directory.Exists(DeployedFiles.PathOf(match.Groups["path"].Value)), match.Value));
        Assert.True(File.Exists(DeployedFiles.PathOf("samples/chat/Chat.csproj")));
    }

    private static double Number(YamlNode node) => double.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private static double Seconds(YamlNode node) => double.Parse(node.ToString().TrimEnd('s'), CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\$\{[^}]*\}", RegexOptions.CultureInvariant)]
    private static partial Regex Variable();

    [GeneratedRegex(@"dotnet publish (?<path>\S+)", RegexOptions.CultureInvariant)]
    private static partial Regex Project();
}
