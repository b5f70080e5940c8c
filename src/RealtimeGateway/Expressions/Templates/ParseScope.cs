using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>What the parsers of one template share: variables, macros, nesting and the first error.</summary>
internal sealed class ParseScope(string text, TemplateSettings settings)
{
    // Expressions nest in parentheses, arguments, lists and maps; each level costs stack when parsed and when run.
    private const int MaxExpressionDepth = 64;

    // "1 + 1 + 1…" is a deep tree too.
    private const int MaxOperators = 500;

    private readonly Dictionary<string, int> _slots = new(StringComparer.Ordinal);
    private readonly Dictionary<string, MacroDefinition> _macros = new(StringComparer.Ordinal);
    private int _blocks;
    private int _expressions;
    private int _operators;

    public TemplateSettings Settings => settings;

    public TemplateError? Error { get; private set; }

    public int SlotCount => _slots.Count;

    public static (int Line, int Column) Locate(string text, int position)
    {
        var before = text.AsSpan(0, Math.Min(position, text.Length));
        var lineStart = before.LastIndexOf('\n') + 1;
        return (before.Count('\n') + 1, before.Length - lineStart + 1);
    }

    public int GetSlot(string name)
    {
        if (!_slots.TryGetValue(name, out var slot))
        {
            slot = _slots.Count;
            _slots.Add(name, slot);
        }

        return slot;
    }

    /// <summary>Announces a macro, so that calls before its definition know it.</summary>
    public void DeclareMacro(string name) => _macros.TryAdd(name, new MacroDefinition(name));

    public bool TryGetMacro(string name, [NotNullWhen(true)] out MacroDefinition? macro) => _macros.TryGetValue(name, out macro);

    public bool EnterBlock(int position)
    {
        if (++_blocks <= settings.Limits.MaxDepth)
        {
            return true;
        }

        Fail(position, "Directives are nested too deeply", $"Nest at most {settings.Limits.MaxDepth}");
        return false;
    }

    public void LeaveBlock() => _blocks--;

    public bool EnterExpression(int position)
    {
        if (_expressions == 0)
        {
            _operators = 0;
        }

        if (++_expressions <= MaxExpressionDepth)
        {
            return true;
        }

        Fail(position, "An expression is nested too deeply", $"Nest at most {MaxExpressionDepth} levels; store parts with #set");
        return false;
    }

    /// <summary>Counts an operator of the outermost expression.</summary>
    public bool CountOperator(int position)
    {
        if (++_operators <= MaxOperators)
        {
            return true;
        }

        Fail(position, "An expression has too many operators", $"Use at most {MaxOperators}; store parts with #set");
        return false;
    }

    public void LeaveExpression() => _expressions--;

    public void Fail(int position, string message, string mend)
    {
        if (Error is null)
        {
            var (line, column) = Locate(text, position);
            Error = new TemplateError(line, column, message, mend);
        }
    }
}
