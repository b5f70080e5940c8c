namespace RealtimeGateway.Expressions.Templates;

/// <summary><c>$foreach</c>: where a loop is.</summary>
internal sealed class ForeachScope(ForeachScope? parent)
{
    public ForeachScope? Parent { get; } = parent;

    public int Index { get; set; }

    public bool HasNext { get; set; }

    public object? GetMember(string name) => name switch
    {
        "index" => Index,
        "count" => Index + 1,
        "hasNext" => HasNext,
        "first" => Index == 0,
        "last" => !HasNext,
        "parent" => Parent,
        "topmost" => Topmost(),
        _ => null,
    };

    private ForeachScope Topmost()
    {
        var scope = this;
        while (scope.Parent is { } parent)
        {
            scope = parent;
        }

        return scope;
    }
}
