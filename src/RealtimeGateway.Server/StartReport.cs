using System.Text.RegularExpressions;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;
using RealtimeGateway.Redis;
using RealtimeGateway.Server.Listeners;
using Spectre.Console;
using Route = RealtimeGateway.Apis.Route;

namespace RealtimeGateway.Server;

/// <summary>Says at the start, to a person, what is served where. Colour only on a terminal.</summary>
internal sealed partial class StartReport(IAnsiConsole console, ServerSettings settings, GatewayListeners listeners)
{
    /// <summary>Prints the report.</summary>
    public void Print(string version, GatewayFileState? file)
    {
        Line($"[bold]RealtimeGateway {version}[/]");
        Line($"  data   [blue]{listeners.DataUrl}[/]  clients and @connections");
        Line($"  admin  [blue]{listeners.AdminUrl}[/]  /healthz, /readyz, AWS tools (--endpoint-url)");
        if (settings.Redis is { } redis && RedisConnectionString.TryParse(redis, out var servers, out _))
        {
            Line($"  redis  {RedisConnectionString.Describe(servers)}  key prefix {settings.RedisKeyPrefix}");
        }

        if (settings.File is { } name)
        {
            Line($"  file   {name}  revision {file?.Revision ?? "none"}");
        }

        var configuration = file?.Configuration ?? GatewayConfiguration.Empty;
        foreach (var api in configuration.Apis)
        {
            PrintApi(api, IsDefault(api, configuration));
        }

        PrintWarnings();
    }

    private void PrintApi(Api api, bool isDefault)
    {
        Line($"");
        Line($"[bold]{api.Id.ToString()}[/]{(api.Name == api.Id.ToString() ? "" : $"  {api.Name}")}");
        var http = PublicUrl();
        var webSocket = string.Concat("ws", http.AsSpan("http".Length));
        foreach (var stage in api.Stages)
        {
            Line($"  [green]{webSocket}/{api.Id.ToString()}/{stage.Name}[/]{(isDefault ? $"  or {webSocket}/{stage.Name}" : "")}");
            Line($"  {http}/{api.Id.ToString()}/{stage.Name}/@connections");
        }

        var width = api.Routes.Select(route => route.RouteKey.Length).DefaultIfEmpty().Max();
        foreach (var route in api.Routes)
        {
            Line($"    {route.RouteKey.PadRight(width)}  {Target(api, route)}");
        }
    }

    private void PrintWarnings()
    {
        Line($"");
        if (settings.File is null)
        {
            Warn($"no configuration file: only what tools have deployed is served. Write ./{ServerSettings.DefaultFile}, or name a FILE (see --help).");
        }

        Warn("management answers only direct loopback callers: no access key is configured.");
        if (!settings.AdminUrl.IsLoopback)
        {
            Warn($"the admin listener {listeners.AdminUrl} can be reached from other machines, and asks nobody who they are.");
        }
    }

    private void Warn(string text) => Line($"[yellow]warning:[/] {text}");

    private void Line(FormattableString text) => console.MarkupLineInterpolated(text);

    /// <summary>Without what might be secret in it: user, password and query.</summary>
    private static string Target(Api api, Route route) => api.Integrations.FirstOrDefault(integration => integration.Id == route.Target) switch
    {
        null => "nothing is called",
        var integration => $"{integration.Id}: {Name(integration.Type)}{(integration.Uri is { } uri ? $" {WithoutSecrets(uri)}" : "")}"
            + (route.HasRouteResponse ? ", answers" : "") + (route.Concurrency.IsSerial ? ", serial" : ""),
    };

    /// <summary>A URI without user, password and query.</summary>
    public static string WithoutSecrets(string uri) => Secret().Replace(uri, "");

    /// <summary>The type as AWS names it.</summary>
    public static string Name(IntegrationType type) => type switch
    {
        IntegrationType.HttpProxy => "HTTP_PROXY",
        IntegrationType.Http => "HTTP",
        IntegrationType.Aws => "AWS",
        IntegrationType.AwsProxy => "AWS_PROXY",
        IntegrationType.Mock => "MOCK",
        _ => type.ToString(),
    };

    private static bool IsDefault(Api api, GatewayConfiguration configuration) =>
        configuration.DefaultApi is { } named ? named == api.Id : configuration.Apis.Length == 1;

    // "All addresses" is none to connect to.
    private string PublicUrl() => IsAny(settings.DataUrl) ? listeners.DataUrlFor("localhost") : listeners.DataUrl;

    private static bool IsAny(ListenUrl url) => url.Address.Equals(System.Net.IPAddress.Any) || url.Address.Equals(System.Net.IPAddress.IPv6Any);

    [GeneratedRegex(@"(?<=://)[^/?#@]*@|\?.*$", RegexOptions.CultureInvariant | RegexOptions.Singleline)]
    private static partial Regex Secret();
}
