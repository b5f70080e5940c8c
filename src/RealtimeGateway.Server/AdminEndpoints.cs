using Microsoft.AspNetCore.Http.HttpResults;
using RealtimeGateway.Configuration;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.Hosting;
using RealtimeGateway.Server.Listeners;
using RealtimeGateway.Server.Operations;

namespace RealtimeGateway.Server;

/// <summary>What the admin listener answers.</summary>
internal static class AdminEndpoints
{
    /// <summary>Maps <c>/healthz</c> (the process answers), <c>/readyz</c> (it may be sent clients), what operators ask, <c>/metrics</c>, and the control plane.</summary>
    public static void MapAdmin(this IEndpointRouteBuilder endpoints, GatewayFileWatcher? file)
    {
        var admin = endpoints.MapGroup("").WithMetadata(ListenerSide.Admin);
        admin.MapRealtimeGatewayControlPlane();
        admin.MapGet("/healthz", () => TypedResults.Json(new Health("alive")));
        admin.MapOperations();
        admin.MapMetrics();
        admin.MapGet("/readyz", (Gateway gateway, IHostApplicationLifetime lifetime) => Ready(gateway, lifetime, file?.State));
    }

    private static JsonHttpResult<Readiness> Ready(Gateway gateway, IHostApplicationLifetime lifetime, GatewayFileState? file)
    {
        var reason = lifetime.ApplicationStopping.IsCancellationRequested ? "the gateway is stopping"
            : gateway.IsDraining ? "the gateway drains"
            : gateway.IsReady ? null
            : !gateway.HasJoined ? "the fleet has not been joined: Redis cannot be reached"
            : "no configuration is loaded";
        var readiness = new Readiness(
            reason is null ? "ready" : "not ready",
            reason,
            gateway.ConnectionCount,
            file is null ? null : new FileReadiness(
                file.Revision, file.TakenAt, file.Taken, file.Refused, file.RefusedAt, [.. file.Errors.Select(error => error.ToString())]));
        return TypedResults.Json(readiness, statusCode: reason is null ? StatusCodes.Status200OK : StatusCodes.Status503ServiceUnavailable);
    }

    private sealed record Health(string Status);

    private sealed record Readiness(string Status, string? Reason, int Connections, FileReadiness? File);

    private sealed record FileReadiness(
        string? Revision, DateTimeOffset? TakenAt, long Taken, long Refused, DateTimeOffset? RefusedAt, string[] Errors);
}
