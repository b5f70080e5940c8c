using System.Diagnostics;
using RealtimeGateway.Apis;
using RealtimeGateway.Store;

namespace RealtimeGateway.Tests.ControlPlane;

/// <summary>10,000 routes over 100 APIs: how long a start takes, and how soon traffic sees a change. The output tells the times; only results are asserted.</summary>
public sealed class ManyApisTests : IDisposable
{
    private const int Apis = 100;
    private const int RoutesOfEach = 100;

    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-many-").FullName;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Start_TenThousandRoutes_ServesAllAndAChangeCompilesOneStage()
    {
        var path = Path.Combine(_directory, "store.db");
        var (api, route) = await FillAsync(path);

        var memory = GC.GetTotalMemory(forceFullCollection: true);
        var started = Stopwatch.GetTimestamp();
        await using var bench = await ControlBench.StartAsync(store: SqliteApiStore.Open(path));
        var start = Stopwatch.GetElapsedTime(started);
        memory = GC.GetTotalMemory(forceFullCollection: true) - memory;
        Assert.Equal(Apis, bench.Stages.Table.Slots.Length);
        var stage = bench.Stages.Table.Find(ApiId.Parse(api), "prod")!;

        var times = new List<TimeSpan>();
        for (var i = 0; i < 20; i++)
        {
            started = Stopwatch.GetTimestamp();
            await bench.DoAsync("PATCH", $"/v2/apis/{api}/routes/{route}", $$"""{"routeKey":"changed{{i}}"}""");
            await bench.DoAsync("POST", $"/v2/apis/{api}/deployments", """{"stageName":"prod"}""");
            Assert.NotNull(stage.Current.Routes.Select(System.Text.Encoding.UTF8.GetBytes($$"""{"action":"changed{{i}}"}""")));
            times.Add(Stopwatch.GetElapsedTime(started));
        }

        times.Sort();
        TestContext.Current.TestOutputHelper!.WriteLine(
            $"start {start.TotalMilliseconds:F0} ms; {memory / 1024 / 1024} MB managed memory; a route changed and deployed: median {times[10].TotalMilliseconds:F1} ms, worst {times[^1].TotalMilliseconds:F1} ms");
    }

    private static async Task<(string Api, string Route)> FillAsync(string path)
    {
        var memory = new MemoryApiStore();
        var (api, route) = ("", "");
        await using (var bench = await ControlBench.StartAsync(store: memory))
        {
            for (var i = 0; i < Apis; i++)
            {
                api = (await bench.DoAsync("POST", "/v2/apis", $$"""{"name":"api{{i}}","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}"""))["apiId"]!.ToString();
                var integration = (await bench.DoAsync(
                    "POST", $"/v2/apis/{api}/integrations", """{"integrationType":"HTTP_PROXY","integrationUri":"http://10.0.0.1/"}"""))["integrationId"]!.ToString();
                for (var j = 0; j < RoutesOfEach; j++)
                {
                    route = (await bench.DoAsync("POST", $"/v2/apis/{api}/routes", $$"""{"routeKey":"route{{j}}","target":"integrations/{{integration}}"}"""))["routeId"]!.ToString();
                }

                await bench.DoAsync("POST", $"/v2/apis/{api}/stages", """{"stageName":"prod"}""");
                await bench.DoAsync("POST", $"/v2/apis/{api}/deployments", """{"stageName":"prod"}""");
            }
        }

        var content = await memory.LoadAsync(TestContext.Current.CancellationToken);
        await using var store = SqliteApiStore.Open(path);
        await store.WriteAsync(0, [.. content.Documents.Select(document => new StoreWrite(document.Key, document.Json))], TestContext.Current.CancellationToken);
        return (api, route);
    }
}
