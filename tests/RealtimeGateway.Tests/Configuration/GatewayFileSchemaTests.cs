using System.Text.Json.Nodes;
using RealtimeGateway.Configuration;
using YamlDotNet.RepresentationModel;

namespace RealtimeGateway.Tests.Configuration;

public sealed class GatewayFileSchemaTests
{
    [Fact]
    public void CommittedSchema_IsTheGeneratedOne()
    {
        var committed = File.ReadAllText(Path.Combine(Root(), "src", "RealtimeGateway.Server", "gateway.schema.json"));

        Assert.True(
            committed == GatewayFileSchema.Text(),
            "gateway.schema.json is out of date; write it anew: dotnet run --project src/RealtimeGateway.Server -- schema > src/RealtimeGateway.Server/gateway.schema.json");
    }

    [Theory]
    [InlineData(Samples.Everything)]
    [InlineData(Samples.Access)]
    public void Schema_EveryMember_IsAccepted(string text)
    {
        Assert.True(Schema.Accepts(ToJson(text)));
    }

    [Theory]
    [InlineData("apis: { a: { rotues: {} } }")]
    [InlineData("apis: { a: { integrations: { b: { uri: x } } } }")]
    [InlineData("apis: { a: { integrations: { b: { type: SMTP } } } }")]
    [InlineData("apis: { a: { integrations: { b: { type: MOCK, timeout: '30' } } } }")]
    [InlineData("apis: { a: { stages: { s: { limits: { maxFrame: big } } } } }")]
    [InlineData("apis: { a: { routes: { x: { concurrency: sequential } } } }")]
    [InlineData("apis: []")]
    public void Schema_WhatTheReaderRefuses_IsRefused(string text)
    {
        Assert.NotEmpty(GatewayFile.Parse(text, "f").Errors);
        Assert.False(Schema.Accepts(ToJson(text)));
    }

    [Fact]
    public void Schema_Defaults_AreThoseOfTheRecords()
    {
        var limits = JsonNode.Parse(GatewayFileSchema.Text())!["definitions"]!["limits"]!["properties"]!;

        Assert.Equal(["32KiB", "128KiB", "10m", "2h"], new[] { "maxFrame", "maxMessage", "idleTimeout", "maxLifetime" }.Select(name => (string?)limits[name]!["default"]));
        Assert.Equal(4096, (int?)limits["maxFragments"]!["default"]);
        Assert.EndsWith("Default: 10m.", (string?)limits["idleTimeout"]!["description"], StringComparison.Ordinal);
    }

    private static SchemaCheck Schema { get; } = new(JsonNode.Parse(GatewayFileSchema.Text())!.AsObject());

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(directory.FullName, "RealtimeGateway.sln")))
        {
            directory = directory.Parent ?? throw new InvalidOperationException("The tests do not run inside the repository.");
        }

        return directory.FullName;
    }

    private static JsonNode? ToJson(string text)
    {
        var yaml = new YamlStream();
        yaml.Load(new StringReader(text));
        return Convert(yaml.Documents[0].RootNode);

        static JsonNode? Convert(YamlNode node) => node switch
        {
            YamlMappingNode map => new JsonObject(map.Children.Select(child => KeyValuePair.Create(((YamlScalarNode)child.Key).Value!, Convert(child.Value)))),
            YamlSequenceNode list => new JsonArray([.. list.Children.Select(Convert)]),
            YamlScalarNode { Style: YamlDotNet.Core.ScalarStyle.Plain } scalar => scalar.Value switch
            {
                null or "" => null,
                "true" => true,
                "false" => false,
                var number when double.TryParse(number, out var value) => value,
                var value => value,
            },
            YamlScalarNode scalar => scalar.Value,
            _ => throw new InvalidOperationException($"unexpected {node}"),
        };
    }
}
