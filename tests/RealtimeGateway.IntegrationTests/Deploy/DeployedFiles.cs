using System.Runtime.CompilerServices;
using YamlDotNet.RepresentationModel;

namespace RealtimeGateway.IntegrationTests.Deploy;

/// <summary>The files with which the gateway is deployed, as they are in the repository.</summary>
internal static class DeployedFiles
{
    /// <summary>The path of a file.</summary>
    public static string PathOf(string name, [CallerFilePath] string self = "") =>
        Path.GetFullPath(Path.Combine(Path.GetDirectoryName(self)!, "..", "..", "..", name));

    /// <summary>The text of a file.</summary>
    public static string Read(string name) => File.ReadAllText(PathOf(name));

    /// <summary>A YAML file, its anchors resolved.</summary>
    public static YamlNode Yaml(string name) => Parse(Read(name));

    /// <summary>YAML.</summary>
    public static YamlNode Parse(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Assert.Single(yaml.Documents).RootNode;
    }
}
