using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Tests.Diagnostics;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>
/// What is counted, and that it is counted as Amazon API Gateway does
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html).
/// </summary>
public sealed class MetricsTests
{
    private const string Messages = "realtimegateway.messages";
    private const string ClientErrors = "realtimegateway.client.errors";
    private const string IntegrationErrors = "realtimegateway.integration.errors";
    private const string ExecutionErrors = "realtimegateway.execution.errors";
    private const string Latency = "realtimegateway.integration.latency";

    [Fact]
    public async Task Counts_Life_OfAConnection()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        using var metrics = new MeterCollector(gateway.Meters);
        using var client = await gateway.ConnectAsync();

        Assert.Equal(1, metrics.Sum("realtimegateway.connects", "api=chat", "stage=prod"));
        Assert.Equal(1, metrics.Sum("realtimegateway.connections.open", "api=chat", "stage=prod"));
        Assert.Equal(0, metrics.Sum(Messages));

        await client.CloseAsync(4321);
        // The end counts as a message, once the back end has been told.
        await Patience.Until(() => metrics.Sum(Messages, "direction=in") == 1, "the end is counted");

        Assert.Equal(0, metrics.Sum("realtimegateway.connections.open"));
        Assert.Equal(["api=chat stage=prod code=4xxx"], metrics.TagsOf("realtimegateway.connections.closed"));
        Assert.Equal(2, metrics.Count(Latency));
        Assert.Equal(0, metrics.Sum(ClientErrors) + metrics.Sum(IntegrationErrors) + metrics.Sum(ExecutionErrors));
    }

    [Theory]
    [InlineData("one", 1, 0)]
    [InlineData("two", 1, 1)]
    [InlineData("silent", 1, 0)]
    public async Task Counts_Messages_InEachDirection(string route, int incoming, int outgoing)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("ok"));
        using var client = await gateway.ConnectAsync();
        using var metrics = new MeterCollector(gateway.Meters);
        await client.SendTextAsync($$"""{"action":"{{route}}"}""");
        await Patience.Until(() => metrics.Sum(Messages) >= incoming + outgoing, "the message is counted");

        Assert.Equal(incoming, metrics.Sum(Messages, "direction=in"));
        Assert.Equal(outgoing, metrics.Sum(Messages, "direction=out"));
        Assert.Equal(route == "silent" ? 0 : 1, metrics.Count(Latency));
        Assert.DoesNotContain(metrics.TagsOf(Messages), static tags => tags.Contains("route", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Counts_MessageWithoutARoute_AsTheClientsErrorAndNotAsAMessage()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => OnlyMock());
        using var client = await gateway.ConnectAsync();
        using var metrics = new MeterCollector(gateway.Meters);
        await client.SendTextAsync("""{"action":"unknown"}""");
        _ = await client.ReadTextAsync();
        await client.SendTextAsync("""{"action":"mock"}""");
        await Patience.Until(() => metrics.Sum(Messages) == 1, "the second message is counted");

        Assert.Equal(["api=chat stage=prod error.type=ACCESS_DENIED"], metrics.TagsOf(ClientErrors));
        Assert.Equal(["api=chat stage=prod route=mock direction=in"], metrics.TagsOf(Messages));
        // There is no back end whose time could be taken.
        Assert.Equal(0, metrics.Count(Latency));
    }

    [Fact]
    public async Task Counts_Answers_ByWhoseFaultTheirStatusIs()
    {
        await using var http = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        await using var lambda = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        using var httpClient = await http.ConnectAsync();
        lambda.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200}"""));
        using var lambdaClient = await lambda.ConnectAsync();
        http.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("busy", 503));
        lambda.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":503,"body":"busy"}"""));
        using var httpMetrics = new MeterCollector(http.Meters);
        using var lambdaMetrics = new MeterCollector(lambda.Meters);
        await httpClient.SendTextAsync("""{"action":"two"}""");
        await lambdaClient.SendTextAsync("""{"action":"two"}""");

        Assert.Equal("busy", await httpClient.ReadTextAsync());
        Assert.Equal("busy", await lambdaClient.ReadTextAsync());
        await Patience.Until(() => httpMetrics.Sum(IntegrationErrors) == 1 && lambdaMetrics.Sum(ExecutionErrors) == 1, "the failures are counted");
        Assert.Equal(["api=chat stage=prod error.type=5xx"], httpMetrics.TagsOf(IntegrationErrors));
        Assert.Equal(0, httpMetrics.Sum(ExecutionErrors));
        Assert.Equal(["api=chat stage=prod error.type=5xx"], lambdaMetrics.TagsOf(ExecutionErrors));
        Assert.Equal(0, lambdaMetrics.Sum(IntegrationErrors));
    }

    [Fact]
    public async Task Counts_RefusedHandshake_WithoutAnOpenConnection()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("no", 403));
        using var metrics = new MeterCollector(gateway.Meters);
        using var client = await gateway.ConnectAsync();

        Assert.Equal(403, client.Status);
        Assert.Equal(1, metrics.Sum("realtimegateway.connects"));
        Assert.Equal(1, metrics.Sum(IntegrationErrors, "error.type=4xx"));
        Assert.Equal(0, metrics.Count("realtimegateway.connections.open"));
        Assert.Equal(0, metrics.Sum(Messages));
    }

    [Fact]
    public async Task Counts_Pushes_ByOutcome()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => OnlyMock());
        using var client = await gateway.ConnectAsync();
        var path = $"/prod/@connections/{gateway.TheConnection().Id}";
        using var metrics = new MeterCollector(gateway.Meters);
        foreach (var (target, body) in new[] { (path, "hello"), ("/prod/@connections/nonsense", ""), ("/prod/@connections/AAAAAAAAAAAAAAAAAA==", ""), (path, new string('x', 131_073)) })
        {
            using var answer = await gateway.Http.PostAsync(target, new StringContent(body), TestContext.Current.CancellationToken);
        }

        const string Tags = "api=chat stage=prod route=POST /@connections/{connectionId} ";
        await Patience.Until(() => metrics.Count("realtimegateway.pushes") == 4, "the pushes are counted");
        Assert.Equal(
            [Tags + "outcome=queued", Tags + "outcome=invalid", Tags + "outcome=gone", Tags + "outcome=too_large"],
            metrics.TagsOf("realtimegateway.pushes"));
        Assert.Equal([Tags + "direction=out"], metrics.TagsOf(Messages));
        Assert.Equal(0, metrics.Count(Latency));
    }

    [Fact]
    public async Task Counts_RepeatsOfAPush_Apart()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => OnlyMock());
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;
        var path = $"/prod/@connections/{id}";
        using var metrics = new MeterCollector(gateway.Meters);
        foreach (var (target, body) in new[] { (path, "hello"), (path, "hello"), ("/prod/@connections", $$"""{"connectionIds": ["{{id}}"], "data": "hello"}""") })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, target) { Content = new StringContent(body) };
            request.Headers.Add("Idempotency-Key", "once");
            using var answer = await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
            Assert.Equal(200, (int)answer.StatusCode);
        }

        await Patience.Until(() => metrics.Count("realtimegateway.pushes") == 3, "the pushes are counted");
        Assert.Equal((1.0, 2.0), (metrics.Sum("realtimegateway.pushes", "outcome=queued"), metrics.Sum("realtimegateway.pushes", "outcome=repeated")));
        Assert.Equal(1, metrics.Sum(Messages));
    }

    private static GatewayConfiguration OnlyMock() => Configurations.Of(new Api
    {
        Id = ApiId.Parse("chat"),
        Integrations = [new Integration { Id = "mock", Type = IntegrationType.Mock }],
        Routes = [new Route { RouteKey = "mock", Target = "mock" }],
        Stages = [new Stage { Name = "prod", DefaultRouteSettings = new RouteSettings { DetailedMetricsEnabled = true } }],
    });
}
