using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Writing;
using RealtimeGateway.Connections;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Server.Operations;

/// <summary>
/// What operators ask this node besides what AWS has: <c>GET /gateway/connections</c>, <c>GET /gateway/connections/{id}</c> and
/// <c>GET /gateway/configuration</c>. The program's own commands are built on them.
/// </summary>
internal static class OperationEndpoints
{
    private const int DefaultLimit = 100;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull };

    /// <summary>Maps the operations.</summary>
    public static void MapOperations(this IEndpointRouteBuilder admin)
    {
        var operations = admin.MapGroup("/gateway");
        var operators = admin.ServiceProvider.GetRequiredService<OperatorCheck>();
        operations.AddEndpointFilter(async (context, next) =>
            await operators.CheckAsync(context.HttpContext) is { } error ? Refuse(error.Status, error.Type, error.Message) : await next(context));
        operations.MapGet("/connections", List);
        operations.MapGet("/connections/{id}", Find);
        operations.MapGet("/configuration", Configuration);
    }

    private static IResult List(ConnectionTable table, string? api, string? stage, string? limit, string? after)
    {
        var size = DefaultLimit;
        if (limit is not null && (!int.TryParse(limit, NumberStyles.None, CultureInfo.InvariantCulture, out size) || size is < 1 or > ConnectionPage.MaxLimit))
        {
            return Refuse(StatusCodes.Status400BadRequest, "BadRequestException", $"limit must be 1 to {ConnectionPage.MaxLimit}.");
        }

        ConnectionId? start = null;
        if (after is not null)
        {
            if (!ConnectionId.TryParse(after, out var id))
            {
                return Refuse(StatusCodes.Status400BadRequest, "BadRequestException", "after must be a connection id: the next of the page before.");
            }

            start = id;
        }

        ApiId? wanted = null;
        if (api is not null)
        {
            if (!ApiId.TryParse(api, null, out var id))
            {
                return Refuse(StatusCodes.Status400BadRequest, "BadRequestException", "api must be an API id.");
            }

            wanted = id;
        }

        return TypedResults.Json(
            ConnectionPage.Read(
                table,
                connection => (wanted is null || connection.Identity.ApiId == wanted) && (stage is null || connection.Identity.StageName == stage),
                start,
                size),
            Json);
    }

    private static IResult Find(ConnectionTable table, string id) =>
        ConnectionId.TryParse(id, out var parsed) && table.TryGet(parsed, out var connection) && connection.IsOpen
            ? TypedResults.Json(ConnectionEntry.Of(connection), Json)
            : Refuse(StatusCodes.Status404NotFound, "NotFoundException", "This node has no such connection.");

    private static ContentHttpResult Configuration(Gateway gateway, string? secrets) =>
        TypedResults.Text(GatewayFileWriter.Write(gateway.Configuration, withSecrets: secrets == "true"), "application/yaml");

    private static Refused Refuse(int status, string errorType, string message) => new Refused(status, errorType, message);

    private sealed class Refused(int status, string errorType, string message) : IResult
    {
        public Task ExecuteAsync(HttpContext httpContext)
        {
            httpContext.Response.Headers["x-amzn-ErrorType"] = errorType;
            return TypedResults.Json(new { message }, Json, statusCode: status).ExecuteAsync(httpContext);
        }
    }
}
