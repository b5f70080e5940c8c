using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>Lists of apigateway: the array is named <c>item</c>, the next page <c>position</c>, and a page has 25 items unless <c>limit</c> says otherwise.</summary>
internal static class V1Lists
{
    private const string DefaultLimit = "25";

    /// <summary>One page.</summary>
    public static Decision Page<T>(ControlPlaneCall call, IEnumerable<T> items, Func<T, string> id, JsonTypeInfo<T> type)
    {
        var limit = call.Query.TryGetValue("limit", out var given) && given.ToString() is { Length: > 0 } text ? text : DefaultLimit;
        if (Paging.TryCut(items, id, limit, call.Query.GetValueOrDefault("position"), out var page) is { } error)
        {
            return error;
        }

        return Reply.Of(StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartArray("item"u8);
            foreach (var item in page.Items)
            {
                JsonSerializer.Serialize(writer, item, type);
            }

            writer.WriteEndArray();
            if (page.Next is { } next)
            {
                writer.WriteString("position"u8, next);
            }

            writer.WriteEndObject();
        });
    }
}
