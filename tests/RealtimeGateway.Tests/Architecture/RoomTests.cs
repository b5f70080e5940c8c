using System.Text.RegularExpressions;

namespace RealtimeGateway.Tests.Architecture;

/// <summary>Which room may know which: dependencies point one way, and a new one is a decision that this table records.</summary>
public sealed partial class RoomTests
{
    private static readonly Dictionary<string, string[]> Known = new()
    {
        ["Apis"] = [],
        ["Buffers"] = [],
        ["Signing"] = [],
        ["Diagnostics"] = ["Apis", "Buffers", "Expressions"],
        ["Connections"] = ["Apis"],
        ["Configuration"] = ["Apis", "Diagnostics"],
        ["Expressions"] = ["Apis", "Buffers"],
        ["Events"] = ["Connections", "Apis", "Expressions", "Buffers", "Diagnostics"],
        ["Throttling"] = ["Apis"],
        ["Integrations"] = ["Events", "Expressions", "Signing", "Connections", "Apis", "Buffers", "Diagnostics"],
        ["Authorization"] = ["Integrations", "Throttling", "Events", "Expressions", "Signing", "Connections", "Apis", "Buffers", "Diagnostics"],
        ["Deployments"] = ["Integrations", "Authorization", "Throttling", "Expressions", "Events", "Apis", "Diagnostics"],
        ["Dispatch"] = ["Deployments", "Authorization", "Throttling", "Integrations", "Connections", "Events", "Expressions", "Apis", "Buffers", "Diagnostics"],
        ["Cluster"] = ["Dispatch", "Deployments", "Connections", "Events", "Apis", "Buffers", "Diagnostics"],
        ["FrontDoor"] = ["Authorization", "Events"],
        ["Management"] = ["Cluster", "FrontDoor", "Deployments", "Authorization", "Throttling", "Connections", "Events", "Signing", "Apis", "Buffers", "Diagnostics"],
        ["Store"] = ["Apis"],
        ["ControlPlane"] =
            ["Store", "Deployments", "Management", "FrontDoor", "Authorization", "Throttling", "Integrations", "Expressions", "Signing", "Apis", "Diagnostics"],
        ["Transports"] = ["Dispatch", "FrontDoor", "Deployments", "Connections", "Events", "Buffers", "Diagnostics"],
    };

    [Fact]
    public void Rooms_UseOnlyRoomsBelowThem()
    {
        var wrong = new List<string>();
        foreach (var (path, text) in Sources.Of("RealtimeGateway"))
        {
            var room = Sources.RoomOf(path);
            // Hosting, and the extensions beside the rooms, put everything together.
            if (room is "" or "Hosting")
            {
                continue;
            }

            Assert.True(Known.TryGetValue(room, out var allowed), $"The room {room} of {path} is not in the table.");
            wrong.AddRange(Sources.RoomsUsedBy(text)
                .Where(used => used != room && !allowed.Contains(used))
                .Select(used => $"{path} uses {used}, which {room} must not know."));
        }

        Assert.Empty(wrong);
    }

    /// <summary>The table itself has no circle, so there is an order in which the rooms can be understood.</summary>
    [Fact]
    public void Table_HasNoCircle()
    {
        var left = Known.ToDictionary(pair => pair.Key, pair => pair.Value.ToHashSet());
        while (left.Count > 0)
        {
            var bottom = left.Where(pair => pair.Value.Count == 0).Select(pair => pair.Key).ToArray();
            Assert.True(bottom.Length > 0, $"A circle among {string.Join(", ", left.Keys)}.");
            foreach (var room in bottom)
            {
                left.Remove(room);
                foreach (var others in left.Values)
                {
                    others.Remove(room);
                }
            }
        }
    }

    /// <summary>A type stands where its namespace says.</summary>
    [Fact]
    public void Namespaces_AreFolders() => Assert.All(Sources.Of("RealtimeGateway"), file =>
    {
        var folder = Path.GetDirectoryName(file.Key)!.Replace('\\', '/').Replace('/', '.');
        var expected = folder.Length == 0 ? "RealtimeGateway" : $"RealtimeGateway.{folder}";
        var match = Namespace().Match(file.Value);
        Assert.True(match.Success && match.Groups["name"].Value == expected, $"{file.Key} is not in {expected}.");
    });

    /// <summary>RFC 6455 status codes are said in one place; the framing rules alone may know numbers of their own.</summary>
    [Fact]
    public void CloseCodes_StandInCloseReasonOnly()
    {
        var wrong = Sources.Of("RealtimeGateway")
            .Where(file => file.Key != "Connections/CloseReason.cs")
            .SelectMany(file => CloseCode().Matches(Text().Replace(Sources.WithoutComments(file.Value), "\"\"")).Select(match => $"{file.Key}: {match.Value}"));
        Assert.Empty(wrong);
    }

    /// <summary>The server is the library's host and knows nothing that an application could not.</summary>
    [Fact]
    public void Server_ReferencesTheLibraryOnly()
    {
        var references = Reference().Matches(Sources.Read("src/RealtimeGateway.Server/RealtimeGateway.Server.csproj"))
            .Select(match => match.Groups["project"].Value.Replace('\\', '/').Split('/')[^1]);
        Assert.All(references, reference => Assert.Contains(reference, (string[])["RealtimeGateway.csproj", "RealtimeGateway.Redis.csproj"]));
        Assert.DoesNotContain("ProjectReference", Sources.Read("src/RealtimeGateway/RealtimeGateway.csproj"), StringComparison.Ordinal);
    }

    [GeneratedRegex(@"^namespace (?<name>[A-Za-z0-9.]+);", RegexOptions.Multiline | RegexOptions.CultureInvariant)]
    private static partial Regex Namespace();

    // 1000 alone is also a number of milliseconds and of other things.
    [GeneratedRegex(@"(?<![\w.])10(0[1-9]|1[0-5])(?![\w.])|CloseReason\(\s*\d+", RegexOptions.CultureInvariant)]
    private static partial Regex CloseCode();

    [GeneratedRegex(@"""(?:[^""\\\n]|\\.)*""", RegexOptions.CultureInvariant)]
    private static partial Regex Text();

    [GeneratedRegex("<ProjectReference Include=\"(?<project>[^\"]+)\"", RegexOptions.CultureInvariant)]
    private static partial Regex Reference();
}
