using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>Configurations that many tests share.</summary>
internal static class Configurations
{
    public const string FunctionArn = "arn:aws:lambda:us-east-1:123456789012:function:chat";

    /// <summary>One API with one stage.</summary>
    public static GatewayConfiguration Of(Api api) => new() { Apis = [api] };

    /// <summary>Every route goes to one HTTP back end. <c>two</c> and <c>$default</c> answer, <c>one</c> does not, <c>serial</c> goes one by one.</summary>
    public static GatewayConfiguration Http(Uri backend, Func<Stage, Stage>? stage = null, Func<Integration, Integration>? integration = null) => Of(Api(
        new Integration { Id = "backend", Type = IntegrationType.HttpProxy, Uri = new Uri(backend, "/events").AbsoluteUri }, stage, integration));

    /// <summary>The same with a Lambda function.</summary>
    public static GatewayConfiguration Lambda(Func<Stage, Stage>? stage = null, Func<Integration, Integration>? integration = null) => Of(Api(
        new Integration { Id = "backend", Type = IntegrationType.AwsProxy, Uri = FunctionArn }, stage, integration));

    /// <summary>No back end: connections open, and nothing is called.</summary>
    public static GatewayConfiguration Silent(Func<Stage, Stage>? stage = null)
    {
        var prod = new Stage { Name = "prod" };
        return Of(new Api { Id = ApiId.Parse("chat"), Routes = [new Route { RouteKey = Route.Default }], Stages = [stage?.Invoke(prod) ?? prod] });
    }

    /// <summary>Every message comes back.</summary>
    public static GatewayConfiguration Mock() => Of(new Api
    {
        Id = ApiId.Parse("chat"),
        Integrations =
        [
            new()
            {
                Id = "echo",
                Type = IntegrationType.Mock,
                Responses = [new() { Key = "$default", ResponseTemplates = ImmutableSortedDictionary<string, string>.Empty.Add("$default", "$input.body") }],
            },
        ],
        Routes = [new() { RouteKey = Route.Default, Target = "echo", HasRouteResponse = true }],
        Stages = [new() { Name = "prod" }],
    });

    private static Api Api(Integration backend, Func<Stage, Stage>? stage, Func<Integration, Integration>? integration)
    {
        var prod = new Stage { Name = "prod" };
        ImmutableArray<Route> routes =
        [
            new() { RouteKey = Route.Connect, Target = "backend" },
            new() { RouteKey = Route.Disconnect, Target = "backend" },
            new() { RouteKey = Route.Default, Target = "backend", HasRouteResponse = true },
            new() { RouteKey = "two", Target = "backend", HasRouteResponse = true },
            new() { RouteKey = "one", Target = "backend" },
            new() { RouteKey = "serial", Target = "backend", HasRouteResponse = true, Concurrency = RouteConcurrency.Serial },
            new() { RouteKey = "pair", Target = "backend", HasRouteResponse = true, Concurrency = RouteConcurrency.Parallel(2) },
            new() { RouteKey = "silent" },
        ];
        return new Api
        {
            Id = ApiId.Parse("chat"),
            Routes = routes,
            Integrations = [integration?.Invoke(backend) ?? backend],
            Stages = [stage?.Invoke(prod) ?? prod],
        };
    }
}
