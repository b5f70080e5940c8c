using System.Collections.Immutable;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>What a member of a request may be: the types, lengths and enumerations of AWS's service model.</summary>
/// <param name="Check">Says what is wrong with a value, as the end of a sentence that begins with the member's name; null when nothing is.</param>
internal sealed record Shape(Func<JsonNode, string?> Check)
{
    /// <summary><c>true</c> or <c>false</c>.</summary>
    public static Shape Boolean { get; } =
        new(node => node.GetValueKind() is JsonValueKind.True or JsonValueKind.False ? null : "must be true or false");

    /// <summary>The members of an object, when it is one; an update changes those that it names.</summary>
    public ImmutableArray<Member> Members { get; private init; } = [];

    /// <summary>Whether the value is a map whose entries an update sets or, with an empty text, removes one by one.</summary>
    public bool IsMerged { get; private init; }

    /// <summary>Text of a length in characters, and a form.</summary>
    public static Shape Text(int min, int max, Regex? form = null, string? formText = null) => new(node => node.GetValueKind() switch
    {
        not JsonValueKind.String => "must be a string",
        _ when node.GetValue<string>() is var text && (text.Length < min || text.Length > max) => $"must have {min} to {max} characters",
        _ when form is not null && !form.IsMatch(node.GetValue<string>()) => formText ?? $"must match {form}",
        _ => null,
    });

    /// <summary>One of some words.</summary>
    public static Shape OneOf(params ImmutableArray<string> words) => new(node =>
        node.GetValueKind() == JsonValueKind.String && words.Contains(node.GetValue<string>()) ? null : $"must be one of [{string.Join(", ", words)}]");

    /// <summary>A whole number.</summary>
    public static Shape Integer(int min, int max) => new(node =>
        node.GetValueKind() == JsonValueKind.Number && node.AsValue().TryGetValue(out int number) && number >= min && number <= max
            ? null
            : $"must be a whole number from {min} to {max}");

    /// <summary>A number.</summary>
    public static Shape Number(double min, double max) => new(node =>
        node.GetValueKind() == JsonValueKind.Number && node.GetValue<double>() is var number && number >= min && number <= max
            ? null
            : $"must be a number from {min} to {max}");

    /// <summary>A list.</summary>
    public static Shape List(Shape item, int max) => new(node => node switch
    {
        not JsonArray => "must be a list",
        JsonArray array when array.Count > max => $"must have at most {max} items",
        JsonArray array => array.Select(one => one is null ? "must not hold null" : item.Check(one) is { } problem ? $"holds an item that {problem}" : null)
            .FirstOrDefault(problem => problem is not null),
    });

    /// <summary>A map from text to values of one shape.</summary>
    public static Shape Map(Shape value, int max = int.MaxValue, Regex? keyForm = null) => new(node => node switch
    {
        not JsonObject => "must be an object",
        JsonObject map when map.Count > max => $"must have at most {max} entries",
        JsonObject map => map.Select(entry =>
                keyForm is not null && !keyForm.IsMatch(entry.Key) ? $"has the key '{entry.Key}', which does not match {keyForm}"
                : entry.Value is null ? $"has no value for '{entry.Key}'"
                : value.Check(entry.Value) is { } problem ? $"has a value for '{entry.Key}' that {problem}"
                : null)
            .FirstOrDefault(problem => problem is not null),
    });

    /// <summary>A map of which an update changes the entries that it names.</summary>
    public static Shape MergedMap(Shape value, int max = int.MaxValue, Regex? keyForm = null) => Map(value, max, keyForm) with { IsMerged = true };

    /// <summary>An object with known members; others are passed over, as AWS does.</summary>
    public static Shape Object(params ImmutableArray<Member> members) => new(node => node is JsonObject found
        ? members.Select(member => member.Check(found, isUpdate: true) is { } problem ? $"is wrong: {problem}" : null).FirstOrDefault(problem => problem is not null)
        : "must be an object")
    {
        Members = members,
    };
}
