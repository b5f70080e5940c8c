using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>
/// What may stand at a place of the file: reads it, and describes itself as JSON Schema, so that the schema and the reader cannot differ.
/// </summary>
internal abstract class Shape<T>
{
    /// <summary>What is expected, for messages: "a duration such as 10s".</summary>
    public abstract string Expectation { get; }

    /// <summary>Reads a value. Every mistake is added to <paramref name="mistakes"/>; <see langword="false"/> when there is no value because of one.</summary>
    public abstract bool TryRead(FileNode node, MistakeList mistakes, [MaybeNullWhen(false)] out T value);

    /// <summary>The JSON Schema (draft 7) of the shape.</summary>
    public abstract JsonObject Schema(SchemaDefinitions definitions);

    /// <summary>The value as the file would have it: reading that gives the same value again.</summary>
    public abstract JsonNode Print(T value, Printing at);

    /// <summary>Tells that something else stands there.</summary>
    protected bool Refuse(FileNode node, MistakeList mistakes, string? advice = null)
    {
        var mend = advice ?? (node is TextNode { IsNull: true } ? "; write it, or remove the member to get its default" : "");
        mistakes.Add(node.Place, $"expected {Expectation}, but found {node.Noun}{mend}");
        return false;
    }
}
