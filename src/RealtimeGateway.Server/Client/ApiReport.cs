using RealtimeGateway.Apis;
using Route = RealtimeGateway.Apis.Route;

namespace RealtimeGateway.Server.Client;

/// <summary>Lists APIs and routes.</summary>
internal static class ApiReport
{
    /// <summary>Prints a row for each stage of each API.</summary>
    public static async Task PrintApisAsync(GatewayCaller caller, ClientOutput print, CancellationToken cancellationToken)
    {
        var configuration = await caller.ConfigurationAsync(cancellationToken);
        var socket = new UriBuilder(caller.DataUrl) { Scheme = caller.DataUrl.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri.GetLeftPart(UriPartial.Authority);
        var http = caller.DataUrl.GetLeftPart(UriPartial.Authority);
        var rows = configuration.Apis.SelectMany(api => api.Stages.Select(stage => (Stage?)stage).DefaultIfEmpty().Select(stage => new ApiRow(
            api.Id.ToString(),
            api.Name,
            stage?.Name,
            stage is null ? null : $"{socket}/{api.Id}/{stage.Name}",
            stage is null ? null : $"{http}/{api.Id}/{stage.Name}/@connections",
            api.Routes.Length,
            configuration.DefaultApi == api.Id || (configuration.DefaultApi is null && configuration.Apis.Length == 1)))).ToArray();
        print.Rows(
            rows,
            ("API", row => row.ApiId),
            ("NAME", row => row.Name),
            ("STAGE", row => row.Stage ?? "-"),
            ("CONNECT", row => row.Url ?? "-"));
        if (rows.Length == 0)
        {
            print.Note("No APIs.");
        }
    }

    /// <summary>Prints a row for each route.</summary>
    public static async Task PrintRoutesAsync(GatewayCaller caller, string? wanted, ClientOutput print, CancellationToken cancellationToken)
    {
        var configuration = await caller.ConfigurationAsync(cancellationToken);
        var apis = configuration.Apis.Where(api => wanted is null || api.Id.ToString() == wanted).ToArray();
        if (apis.Length == 0 && wanted is not null)
        {
            throw new CallFailedException($"There is no API '{wanted}'; there are: {string.Join(", ", configuration.Apis.Select(api => api.Id))}");
        }

        var rows = apis.SelectMany(api => api.Routes.Select(route => Row(api, route))).ToArray();
        print.Rows(
            rows,
            ("API", row => row.ApiId),
            ("ROUTE", row => row.RouteKey),
            ("INTEGRATION", row => row.Target ?? "-"),
            ("TYPE", row => row.Type ?? "-"),
            ("URI", row => row.Uri ?? "-"),
            ("ANSWERS", row => row.Answers ? "yes" : "no"));
    }

    private static RouteRow Row(Api api, Route route)
    {
        var integration = api.Integrations.FirstOrDefault(candidate => candidate.Id == route.Target);
        return new(
            api.Id.ToString(), route.RouteKey, route.Target, integration is null ? null : StartReport.Name(integration.Type),
            integration?.Uri is { } uri ? StartReport.WithoutSecrets(uri) : null, route.HasRouteResponse);
    }

    private sealed record ApiRow(string ApiId, string Name, string? Stage, string? Url, string? ConnectionsUrl, int Routes, bool IsDefault);

    private sealed record RouteRow(string ApiId, string RouteKey, string? Target, string? Type, string? Uri, bool Answers);
}
