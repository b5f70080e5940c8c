using System.Text.Json;
using System.Text.Json.Nodes;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>A member that a request may set.</summary>
/// <param name="Name">Its name on the wire.</param>
/// <param name="Shape">What it may be.</param>
/// <param name="IsRequired">Whether a resource cannot be without it.</param>
internal sealed record Member(string Name, Shape Shape, bool IsRequired = false)
{
    /// <summary>Says what is wrong with the member of a request, in a sentence; null when nothing is.</summary>
    public string? Check(JsonObject request, bool isUpdate)
    {
        if (Value(request) is not { } value)
        {
            return IsRequired && !isUpdate ? $"{Name} is required." : null;
        }

        if (IsEmptyText(value))
        {
            return IsRequired ? $"{Name} must not be empty." : null;
        }

        return Shape.Check(value) is { } problem ? $"{Name} {problem}." : null;
    }

    /// <summary>Puts what a request says about the member into a resource's JSON. The request has been checked.</summary>
    public void Apply(JsonObject request, JsonObject resource)
    {
        if (Value(request) is not { } value)
        {
            return;
        }

        if (IsEmptyText(value) || (!Shape.Members.IsEmpty && value is JsonObject { Count: 0 }))
        {
            // How clients that cannot send an absence take a member away.
            resource.Remove(Name);
        }
        else if (!Shape.Members.IsEmpty && resource[Name] is JsonObject inner)
        {
            ApplyAll(Shape.Members, value.AsObject(), inner);
        }
        else if (!Shape.Members.IsEmpty)
        {
            inner = [];
            ApplyAll(Shape.Members, value.AsObject(), inner);
            resource[Name] = inner;
        }
        else if (Shape.IsMerged)
        {
            Merge(value.AsObject(), resource);
        }
        else
        {
            resource[Name] = value.DeepClone();
        }
    }

    /// <summary>Applies every member.</summary>
    public static void ApplyAll(IEnumerable<Member> members, JsonObject request, JsonObject resource)
    {
        foreach (var member in members)
        {
            member.Apply(request, resource);
        }
    }

    private JsonNode? Value(JsonObject request) => request.TryGetPropertyValue(Name, out var value) ? value : null;

    private static bool IsEmptyText(JsonNode value) => value.GetValueKind() == JsonValueKind.String && value.GetValue<string>().Length == 0;

    private void Merge(JsonObject changes, JsonObject resource)
    {
        var map = resource[Name]?.DeepClone().AsObject() ?? [];
        foreach (var (key, value) in changes)
        {
            if (IsEmptyText(value!))
            {
                map.Remove(key);
            }
            else
            {
                map[key] = value!.DeepClone();
            }
        }

        resource[Name] = map;
    }
}
