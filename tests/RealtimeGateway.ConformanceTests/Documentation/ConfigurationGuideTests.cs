using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Documentation;

/// <summary>docs/configuration.md does what it says: every file in it is loaded and served, and what it tries happens.</summary>
public sealed class ConfigurationGuideTests
{
    public static TheoryData<string, int> Examples
    {
        get
        {
            var data = new TheoryData<string, int>();
            foreach (var example in All())
            {
                data.Add(example.Title, example.Line);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(Examples))]
    public async Task Example_DoesWhatItSays(string title, int line)
    {
        var example = All().Single(example => example.Line == line);
        Assert.Equal(title, example.Title);
        Assert.NotEmpty(example.Steps);
        var configuration = Repository.Configuration(example.Yaml, $"docs/configuration.md after line {line}", static _ => null);
        if (example.Steps.First() is ['r', 'e', 'f', 'u', 's', 'e', 'd', ' ', .. var why])
        {
            var refusal = await Assert.ThrowsAnyAsync<Exception>(() => TestGateway.StartAsync(_ => configuration));
            Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
            return;
        }

        var clock = new FakeTimeProvider(new DateTimeOffset(2026, 9, 25, 12, 0, 0, TimeSpan.Zero));
        await using var gateway = await TestGateway.StartAsync(
            backend => Repository.Configuration(
                example.Yaml.Replace("http://127.0.0.1:5000", backend.AbsoluteUri.TrimEnd('/'), StringComparison.Ordinal), "example", static _ => null),
            clock);
        using var player = new Player(gateway, clock);
        foreach (var step in example.Steps)
        {
            await player.PlayAsync(step);
        }

        Assert.Empty(gateway.Log.Errors);
    }

    /// <summary>The guide speaks of every member that the schema has.</summary>
    [Fact]
    public void Guide_NamesEveryMember()
    {
        var guide = File.ReadAllText(Repository.PathOf("docs", "configuration.md"));
        var schema = JsonNode.Parse(File.ReadAllText(Repository.PathOf("src", "RealtimeGateway.Server", "gateway.schema.json")))!;
        var missing = Members(schema).Distinct(StringComparer.Ordinal).Where(name => !guide.Contains(name, StringComparison.Ordinal));
        Assert.Empty(missing);
    }

    private static IEnumerable<string> Members(JsonNode? node) => node switch
    {
        JsonObject map => map.SelectMany(static entry => entry is { Key: "properties", Value: JsonObject members }
            ? members.Select(static member => member.Key).Concat(members.SelectMany(static member => Members(member.Value)))
            : Members(entry.Value)),
        JsonArray list => list.SelectMany(Members),
        _ => [],
    };

    private static List<Guide.Example> All() => Guide.Read(File.ReadAllText(Repository.PathOf("docs", "configuration.md")));
}
