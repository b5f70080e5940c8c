using CsCheck;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;
using RealtimeGateway.Configuration.Writing;

namespace RealtimeGateway.Tests.Configuration.Writing;

public sealed class GatewayFileWriterTests
{
    [Fact]
    public void Write_AnyConfiguration_ReadsBackEqual()
    {
        Records.Configuration.Sample(
            configuration =>
            {
                var text = GatewayFileWriter.Write(configuration, withSecrets: true);
                Assert.Equal(Records.Flatten(configuration), Records.Flatten(Read(text, _ => null)));
                Assert.Equal(text, GatewayFileWriter.Write(Read(text, _ => null), withSecrets: true));
            },
            iter: 1000,
            threads: 1);
    }

    [Fact]
    public void Records_EveryMember_IsMadeByTheGenerator()
    {
        // Else the test above would pass over a member that the file cannot say.
        var seen = new HashSet<(Type, string)>();
        Records.Configuration.Sample(configuration => seen.UnionWith(Records.Changed(configuration).Select(member => (member.Type, member.Property.Name))), iter: 300, threads: 1);

        Assert.Empty(Records.Members().Select(member => (member.Type, member.Property.Name)).Except(seen));
    }

    [Theory]
    [InlineData(Samples.Everything)]
    [InlineData(Samples.Access)]
    public void Write_WithSecrets_ReadsBackEqual(string sample)
    {
        var configuration = Read(sample, Samples.Environment);

        var text = GatewayFileWriter.Write(configuration, withSecrets: true);

        Assert.Contains("hunter2", text, StringComparison.Ordinal);
        Assert.Equal(Records.Flatten(configuration), Records.Flatten(Read(text, _ => null)));
    }

    [Fact]
    public void Write_WithoutSecrets_NamesVariablesThatBringThemBack()
    {
        Records.Configuration.Sample(
            configuration =>
            {
                var text = GatewayFileWriter.Write(configuration, withSecrets: false);
                var asked = new HashSet<string>();
                var read = Read(text, name =>
                {
                    asked.Add(name);
                    return $"secret of {name}";
                });

                var secrets = configuration.ApiKeys.Select(key => key.Value)
                    .Concat(configuration.Apis.SelectMany(api => api.Integrations).SelectMany(integration => new[] { integration.Secret, MayHoldSecret(integration.Uri) ? integration.Uri : null }))
                    .Where(secret => !string.IsNullOrEmpty(secret)).ToArray();
                Assert.Equal(secrets.Length, asked.Count);
                var readSecrets = read.ApiKeys.Select(key => key.Value)
                    .Concat(read.Apis.SelectMany(api => api.Integrations).SelectMany(integration => new[] { integration.Secret, integration.Uri }))
                    .Where(value => value?.StartsWith("secret of ", StringComparison.Ordinal) == true);
                Assert.Equal(secrets.Length, readSecrets.Distinct().Count());
            },
            iter: 500,
            threads: 1);
    }

    [Fact]
    public void Write_ForPeople_IsShortAndStable()
    {
        const string expected = """
            apis:
              chat:
                integrations:
                  backend:
                    type: HTTP_PROXY
                    uri: http://127.0.0.1:5000/events
                    timeout: 2s
                    secret: '${env:APIS_CHAT_INTEGRATIONS_BACKEND_SECRET}'
                  pong:
                    type: MOCK
                    requestTemplates: |-
                      {
                        "statusCode": 200
                      }
                    responses:
                      $default: pong
                routes:
                  $connect: {}
                  say: backend
                  whole: backend
                stages:
                  prod: {}
            apiKeys:
              alice: '${env:APIKEYS_ALICE_VALUE}'

            """;
        var configuration = Read(
            """
            apiKeys: { alice: a-key-of-twenty-characters }
            apis:
              chat:
                stages: { prod: { limits: { maxFrame: 32768 } } }
                routes: { $connect: , say: { target: backend }, whole: backend }
                integrations:
                  backend: { type: HTTP_PROXY, uri: http://127.0.0.1:5000/events, timeout: 2000ms, secret: s, method: POST }
                  pong: { type: MOCK, responses: { $default: pong }, requestTemplates: "{\n  \"statusCode\": 200\n}" }
            """,
            _ => null);

        Assert.Equal(expected, GatewayFileWriter.Write(configuration, withSecrets: false));
    }

    [Fact]
    public void Write_Nothing_IsAFileThatIsTaken()
    {
        Assert.Equal("apis: {}\n", GatewayFileWriter.Write(GatewayConfiguration.Empty, withSecrets: false));
    }

    [Fact]
    public void Write_DeployedStages_AreOneApiWhereTheyShowTheSame()
    {
        var api = new Api { Id = ApiId.Parse("abc"), Name = "chat", Routes = [new Route { RouteKey = "say" }] };
        var configuration = new GatewayConfiguration
        {
            Apis = [new Api { Id = ApiId.Parse("mine"), Stages = [new Stage { Name = "prod" }] }],
            Deployed =
            [
                api with { Stages = [new Stage { Name = "dev" }] },
                api with { Stages = [new Stage { Name = "prod" }] },
                api with { Routes = [new Route { RouteKey = "old" }], Stages = [new Stage { Name = "Old_1" }] },
            ],
            Domains = [new DomainMapping("ws.example.com", "v1", api.Id, "Old_1"), new DomainMapping("ws.example.com", "", api.Id, "prod")],
            UsagePlans = [new UsagePlan { Id = "p", Stages = ["abc/Old_1", "abc/dev"] }],
        };

        var read = Read(GatewayFileWriter.Write(configuration, withSecrets: true), _ => null);

        Assert.Equal(["mine: prod", "abc: dev prod", "abc-old-1: Old_1"], read.Apis.Select(one => $"{one.Id}: {string.Join(' ', one.Stages.Select(stage => stage.Name))}"));
        Assert.Equal("old", read.Apis[2].Routes[0].RouteKey);
        Assert.Equal(["abc-old-1", "abc"], read.Domains.Select(domain => domain.ApiId.ToString()));
        Assert.Equal(["abc-old-1/Old_1", "abc/dev"], read.UsagePlans[0].Stages);
    }

    private static GatewayConfiguration Read(string text, Func<string, string?> environment)
    {
        var result = GatewayFile.Parse(text, "f", environment);
        Assert.True(result.Errors.IsEmpty, string.Join('\n', result.Errors) + "\n" + text);
        return result.Configuration!;
    }

    private static bool MayHoldSecret(string? uri) => uri?.Split("://", 2) is [_, var rest] && (rest.Contains('@') || rest.Contains('?'));
}
