using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.ConformanceTests.Harness;

/// <summary>APIs of one integration, as short as a test wants to say them.</summary>
internal static class Scene
{
    /// <summary>The API's id.</summary>
    public const string ApiId = "chat";

    /// <summary>
    /// One integration, <c>backend</c>, behind a two-way <c>$default</c>. A <c>uri</c> that starts with a slash is below the back end's address.
    /// </summary>
    public static Func<Uri, GatewayConfiguration> Of(Integration integration, Func<Api, Api>? api = null, Func<Stage, Stage>? stage = null) => backend =>
    {
        var prod = new Stage { Name = "prod" };
        var made = new Api
        {
            Id = Apis.ApiId.Parse(ApiId),
            Integrations = [integration with { Id = "backend", Uri = integration.Uri is ['/', ..] path ? backend.AbsoluteUri.TrimEnd('/') + path : integration.Uri }],
            Routes = [new Route { RouteKey = Route.Default, Target = "backend", HasRouteResponse = true }],
            Stages = [stage?.Invoke(prod) ?? prod],
        };
        return Configurations.Of(api?.Invoke(made) ?? made);
    };

    /// <summary>A mock that answers with what a template makes.</summary>
    public static Integration Mock(string responseTemplate, string? requestTemplate = null) => new()
    {
        Id = "backend",
        Type = IntegrationType.Mock,
        RequestTemplates = requestTemplate is null ? Map() : Map((Route.Default, requestTemplate)),
        Responses = [new IntegrationResponse { Key = Route.Default, ResponseTemplates = Map((Route.Default, responseTemplate)) }],
    };

    public static Integration Lambda() => new() { Id = "backend", Type = IntegrationType.AwsProxy, Uri = Configurations.FunctionArn };

    public static ImmutableSortedDictionary<string, string> Map(params (string Key, string Value)[] entries) =>
        entries.ToImmutableSortedDictionary(static entry => entry.Key, static entry => entry.Value, StringComparer.Ordinal);

    /// <summary>Sends one message and reads the frame that comes back.</summary>
    public static async Task<string> AskAsync(this RawWebSocket client, string message)
    {
        await client.SendTextAsync(message);
        return await client.ReadTextAsync();
    }
}
