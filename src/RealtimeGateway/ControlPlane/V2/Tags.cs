using System.Collections.Immutable;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Tags of resources, which are named by ARN (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-tagging.html).</summary>
internal static class Tags
{
    /// <summary>Most tags of one resource.</summary>
    private const int Max = 50;

    /// <summary>The shape of the member <c>tags</c>.</summary>
    public static Shape Shape { get; } = Shape.Map(Shape.Text(0, 256), Max);

    /// <summary>Read, set and remove.</summary>
    public static IEnumerable<Operation> Operations =>
    [
        new("GetTags", HttpMethods.Get, "/v2/tags/{resource-arn}", Get),
        new("TagResource", HttpMethods.Post, "/v2/tags/{resource-arn}", Set),
        new("UntagResource", HttpMethods.Delete, "/v2/tags/{resource-arn}", Remove),
    ];

    /// <summary>The resource that an ARN names, <c>arn:aws:apigateway:{region}::/apis/{id}</c>; null when there is none with tags.</summary>
    public static (ResourceKey Key, ITagged Resource)? Find(ControlPlaneState state, string arn)
    {
        if (arn.Split(':', 6) is not ["arn", _, "apigateway", _, "", ['/', .. var path]])
        {
            return null;
        }

        // v1 names the stages of an API below /restapis; keys and plans are not below anything.
        var key = ResourceKey.Parse(path.Contains('/') ? path : $"/{path}");
        return state.Find<Resource>(key) is ITagged resource ? (key, resource) : null;
    }

    private static Decision Get(ControlPlaneState state, ControlPlaneCall call) => Find(state, call["resource-arn"]) is not { } found
        ? ControlPlaneError.NotFound("Resource", call["resource-arn"])
        : Reply.Of(StatusCodes.Status200OK, writer =>
        {
            writer.WriteStartObject();
            writer.WriteStartObject("tags"u8);
            foreach (var (name, value) in found.Resource.Tags ?? ImmutableSortedDictionary<string, string>.Empty)
            {
                writer.WriteString(name, value);
            }

            writer.WriteEndObject();
            writer.WriteEndObject();
        });

    private static Decision Set(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Find(state, call["resource-arn"]) is not var (key, resource))
        {
            return ControlPlaneError.NotFound("Resource", call["resource-arn"]);
        }

        if (call.Body["tags"] is not { } given || Shape.Check(given) is not null)
        {
            return ControlPlaneError.BadRequest($"tags must be an object with at most {Max} texts of at most 256 characters.");
        }

        var tags = resource.Tags ?? ImmutableSortedDictionary<string, string>.Empty;
        tags = tags.SetItems(given.AsObject().Select(tag => KeyValuePair.Create(tag.Key, tag.Value!.GetValue<string>())));
        return tags.Count > Max
            ? ControlPlaneError.BadRequest($"A resource can have at most {Max} tags.")
            : new Decision(
                Reply.Of(StatusCodes.Status201Created, static writer =>
                {
                    writer.WriteStartObject();
                    writer.WriteEndObject();
                }),
                [new(key, resource.WithTags(tags))]);
    }

    private static Decision Remove(ControlPlaneState state, ControlPlaneCall call)
    {
        if (Find(state, call["resource-arn"]) is not var (key, resource))
        {
            return ControlPlaneError.NotFound("Resource", call["resource-arn"]);
        }

        if (!call.Query.TryGetValue("tagKeys", out var names) || names.Count == 0)
        {
            return ControlPlaneError.BadRequest("tagKeys is required.");
        }

        var tags = resource.Tags ?? ImmutableSortedDictionary<string, string>.Empty;
        return new(Reply.Empty(StatusCodes.Status204NoContent), [new(key, resource.WithTags(tags.RemoveRange(names!)))]);
    }
}
