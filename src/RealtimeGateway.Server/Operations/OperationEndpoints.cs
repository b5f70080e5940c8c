using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Configuration.Writing;
using RealtimeGateway.Connections;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Server.Operations;

/// <summary>
/// What operators ask besides what AWS has: <c>GET /gateway/connections</c>, <c>GET /gateway/connections/{id}</c>, <c>GET /gateway/nodes</c>,
/// <c>GET /gateway/configuration</c>, and what <see cref="LeavingEndpoints"/> has. The program's own commands are built on them.
/// </summary>
internal static class OperationEndpoints
{
    private const int DefaultLimit = 100;

    /// <summary>How answers are written.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Maps the operations.</summary>
    public static void MapOperations(this IEndpointRouteBuilder admin)
    {
        var operations = admin.MapGroup("/gateway");
        var operators = admin.ServiceProvider.GetRequiredService<OperatorCheck>();
        operations.AddEndpointFilter(async (context, next) =>
            await operators.CheckAsync(context.HttpContext) is { } error ? new Refused(error.Status, error.Type, error.Message) : await next(context));
        operations.AddEndpointFilter(async (context, next) =>
        {
            try
            {
                return await next(context);
            }
            catch (BackplaneException exception)
            {
                return Refused.Unavailable(exception);
            }
        });
        operations.MapGet("/connections", ListAsync);
        operations.MapGet("/connections/{id}", FindAsync);
        operations.MapGet("/nodes", async (FleetReport fleet, CancellationToken cancellationToken) =>
            TypedResults.Json(await fleet.NodesAsync(cancellationToken), Json));
        operations.MapGet("/configuration", Configuration);
        operations.MapLeaving();
    }

    private static async Task<IResult> ListAsync(
        ConnectionTable table, FleetReport fleet, string? api, string? stage, string? node, string? limit, string? after, CancellationToken cancellationToken)
    {
        var size = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > ConnectionPage.MaxLimit))
        {
            return Refused.BadRequest($"limit must be 1 to {ConnectionPage.MaxLimit}.");
        }

        ConnectionId? start = null;
        if (after is not null)
        {
            if (!ConnectionId.TryParse(after, out var id))
            {
                return Refused.BadRequest("after must be a connection id: the next of the page before.");
            }

            start = id;
        }

        ApiId? wanted = null;
        if (api is not null)
        {
            if (!ApiId.TryParse(api, null, out var id))
            {
                return Refused.BadRequest("api must be an API id.");
            }

            wanted = id;
        }

        var filter = new ConnectionFilter(wanted, stage);
        if (fleet.HasFleet && node != FleetReport.Self)
        {
            return TypedResults.Json(await fleet.ListAsync(filter, node, start, size, cancellationToken), Json);
        }

        return node is null or FleetReport.Self
            ? TypedResults.Json(ConnectionPage.Read(table, connection => filter.Takes(connection.Identity), start, size), Json)
            : Refused.BadRequest($"There is no fleet, and no other node than '{FleetReport.Self}'.");
    }

    private static async Task<IResult> FindAsync(FleetReport fleet, string id, CancellationToken cancellationToken) =>
        ConnectionId.TryParse(id, out var parsed) && await fleet.FindAsync(parsed, cancellationToken) is { } entry
            ? TypedResults.Json(entry, Json)
            : Refused.NotFound(fleet.HasFleet ? "The fleet has no such connection." : "This node has no such connection.");

    private static ContentHttpResult Configuration(Gateway gateway, string? secrets) =>
        TypedResults.Text(GatewayFileWriter.Write(gateway.Configuration, withSecrets: secrets == "true"), "application/yaml");
}
