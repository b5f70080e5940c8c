using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Nodes;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>A value written as one piece of text.</summary>
internal abstract class ScalarShape<T> : Shape<T>
{
    public sealed override bool TryRead(FileNode node, MistakeList mistakes, [MaybeNullWhen(false)] out T value)
    {
        value = default;
        return node is TextNode { IsNull: false } text
            ? TryParse(text.Value, out value, out var complaint) || Complain(text, mistakes, complaint)
            : Refuse(node, mistakes, Advice(node));
    }

    /// <summary>Parses the text. A complaint, if there is a better one than <see cref="Shape{T}.Expectation"/>, says what is wrong and how to mend it.</summary>
    protected abstract bool TryParse(string text, [MaybeNullWhen(false)] out T value, out string? complaint);

    /// <summary>How to mend it when it is no scalar.</summary>
    protected virtual string? Advice(FileNode node) => null;

    /// <summary>A schema that also takes a reference to the environment, which any scalar may be.</summary>
    protected static JsonObject OrEnvironment(params JsonObject[] choices) =>
        new() { ["anyOf"] = new JsonArray([.. choices, new JsonObject { ["type"] = "string", ["pattern"] = @"\$\{env:" }]) };

    private bool Complain(TextNode text, MistakeList mistakes, string? complaint)
    {
        if (complaint is null)
        {
            return Refuse(text, mistakes);
        }

        mistakes.Add(text.Place, $"'{text.Written}' {complaint}");
        return false;
    }
}
