using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.RepresentationModel;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary>
/// The chart agrees with the program. There is no helm here: its templates are read as text, with every line that holds an action either cut or given a
/// word in place of the action, which leaves YAML wherever the actions stand where values do.
/// </summary>
public sealed partial class HelmChartTests
{
    private const string Chart = "deploy/helm/realtime-gateway";

    private static readonly YamlNode Values = DeployedFiles.Yaml($"{Chart}/values.yaml");

    public static TheoryData<string> Templates { get; } = ["configmap.yaml", "deployment.yaml", "service.yaml", "pdb.yaml", "hpa.yaml"];

    [Theory]
    [MemberData(nameof(Templates))]
    public void Template_WithoutItsActions_IsYaml(string name)
    {
        var template = Skeleton(name);

        Assert.NotEqual("", template["kind"].ToString());
        Assert.Equal("x", template["metadata"]["name"].ToString());
    }

    [Theory]
    [MemberData(nameof(Templates))]
    public void Template_Actions_AreClosed(string name)
    {
        var text = DeployedFiles.Read($"{Chart}/templates/{name}");
        var opened = Regex.Count(text, @"\{\{-? *(if|with|range|define) ");

        Assert.Equal(opened, Regex.Count(text, @"\{\{-? *end *-?\}\}"));
        Assert.Equal(Regex.Count(text, @"\{\{"), Regex.Count(text, @"\}\}"));
    }

    /// <summary>Every value that a template reads is there, and the schema knows it.</summary>
    [Fact]
    public void Values_AreThoseThatTemplatesRead()
    {
        var schema = JsonNode.Parse(DeployedFiles.Read($"{Chart}/values.schema.json"))!;
        var texts = Directory.GetFiles(DeployedFiles.PathOf($"{Chart}/templates")).Select(File.ReadAllText);
        var paths = texts.SelectMany(text => Value().Matches(text)).Select(match => match.Groups["path"].Value).Distinct().ToArray();

        Assert.NotEmpty(paths);
        foreach (var path in paths.Where(path => !path.EndsWith("Override", StringComparison.Ordinal)))
        {
            var value = Values;
            var known = schema;
            foreach (var name in path.Split('.'))
            {
                Assert.True(((YamlMappingNode)value).Children.TryGetValue(name, out var next), $"values.yaml has no {path}");
                value = next;
                known = known["properties"]?[name];
                Assert.True(known is not null, $"values.schema.json has no {path}");
            }
        }

        Assert.All(((YamlMappingNode)Values).Children.Keys, key => Assert.NotNull(schema["properties"]![key.ToString()]));
    }

    [Fact]
    public void Grace_IsLongerThanTheDrain()
    {
        var drain = Values["drain"];

        // 30 s for what was begun, 10 s for the listeners: ServerSettings.
        Assert.InRange(Number(drain["terminationGracePeriodSeconds"]), Number(drain["delaySeconds"]) + Number(drain["timeSeconds"]) + 41, 600);
        Assert.Contains("fail \"drain.terminationGracePeriodSeconds", DeployedFiles.Read($"{Chart}/templates/deployment.yaml"), StringComparison.Ordinal);
    }

    [Fact]
    public void Pod_ProbesPortsAndRights_AreThePrograms()
    {
        var pod = Skeleton("deployment.yaml")["spec"]["template"]["spec"];
        var container = pod["containers"][0];

        Assert.Equal(["8080", "8081"], ((YamlSequenceNode)container["ports"]).Children.Select(port => port["containerPort"].ToString()));
        Assert.Equal(("/readyz", "admin"), Probe(container, "readinessProbe"));
        Assert.Equal(("/healthz", "admin"), Probe(container, "livenessProbe"));
        Assert.Equal(("/healthz", "admin"), Probe(container, "startupProbe"));
        Assert.Equal(
            ["dotnet", "/app/RealtimeGateway.Server.dll", "drain"],
            ((YamlSequenceNode)container["lifecycle"]["preStop"]["exec"]["command"]).Children.Select(word => word.ToString()));
        Assert.Equal(("true", "false"), (container["securityContext"]["readOnlyRootFilesystem"].ToString(), container["securityContext"]["allowPrivilegeEscalation"].ToString()));
        Assert.Equal(("true", "1654"), (pod["securityContext"]["runAsNonRoot"].ToString(), pod["securityContext"]["runAsUser"].ToString()));
    }

    private static (string Path, string Port) Probe(YamlNode container, string name) =>
        (container[name]["httpGet"]["path"].ToString(), container[name]["httpGet"]["port"].ToString());

    private static double Number(YamlNode node) => double.Parse(node.ToString(), CultureInfo.InvariantCulture);

    private static YamlNode Skeleton(string name)
    {
        var lines = DeployedFiles.Read($"{Chart}/templates/{name}").Split('\n')
            .Where(line => !line.TrimStart().StartsWith("{{", StringComparison.Ordinal))
            .Select(line => Action().Replace(line, "x").Replace("\"x\"", "x", StringComparison.Ordinal));
        return DeployedFiles.Parse(string.Join('\n', lines));
    }

    [GeneratedRegex(@"\.Values\.(?<path>[A-Za-z.]+)", RegexOptions.CultureInvariant)]
    private static partial Regex Value();

    [GeneratedRegex(@"\{\{.*?\}\}", RegexOptions.CultureInvariant)]
    private static partial Regex Action();
}
