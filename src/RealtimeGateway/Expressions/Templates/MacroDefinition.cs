namespace RealtimeGateway.Expressions.Templates;

/// <summary>A <c>#macro</c>: filled in when its definition is parsed, as it may be called before.</summary>
internal sealed class MacroDefinition(string name)
{
    public string Name { get; } = name;

    public int[] Parameters { get; set; } = [];

    public Node? Body { get; set; }
}
