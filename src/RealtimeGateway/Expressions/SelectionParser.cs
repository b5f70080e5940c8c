using System.Buffers;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>Cuts the text of a selection expression into segments.</summary>
internal sealed class SelectionParser(string text, SelectionScope scope)
{
    /// <summary>Bounds what one evaluation can cost.</summary>
    private const int MaxVariables = 16;

    private const int MaxLength = 1024;
    private const string Default = "$default";

    private static readonly SearchValues<char> BareEnds = SearchValues.Create(" \t\r\n/\\{}$,;:|&=+#%<>!");

    private readonly List<SelectionSegment> _segments = [];
    private readonly StringBuilder _literal = new();
    private int _variables;

    /// <summary>Parses the text; null with an error when it is not an expression of the scope.</summary>
    public List<SelectionSegment>? Parse(out string? error)
    {
        error = text.Length switch
        {
            0 => $"the expression is empty; use {SelectionVariable.Choices(scope)}",
            > MaxLength => $"the expression has {text.Length} characters; at most {MaxLength} are allowed",
            _ => ParseText(),
        };
        FlushLiteral();
        return error is null ? _segments : null;
    }

    private string? ParseText()
    {
        if (text is Default && scope is not (SelectionScope.Route or SelectionScope.ApiKey or SelectionScope.ApiMapping))
        {
            _literal.Append(Default);
            return null;
        }

        var position = 0;
        while (position < text.Length)
        {
            var rest = text.AsSpan(position);
            if (rest.StartsWith(@"\$"))
            {
                _literal.Append('$');
                position += 2;
                continue;
            }

            if (rest[0] != '$')
            {
                _literal.Append(rest[0]);
                position++;
                continue;
            }

            var error = ParseVariable(rest, position, out var length);
            if (error is not null)
            {
                return error;
            }

            position += length;
        }

        return CheckStaticText();
    }

    private string? ParseVariable(ReadOnlySpan<char> rest, int position, out int length)
    {
        var column = position + 1;
        length = 0;
        ReadOnlySpan<char> name;
        if (rest.Length > 1 && rest[1] == '{')
        {
            length = rest.IndexOf('}') + 1;
            if (length == 0)
            {
                return $"column {column}: '}}' is missing for '{rest}'";
            }

            name = rest[2..(length - 1)];
        }
        else
        {
            var end = rest[1..].IndexOfAny(BareEnds);
            length = end < 0 ? rest.Length : end + 1;
            name = rest[1..length];
            if (name.IsEmpty)
            {
                return $@"column {column}: a variable's name must follow '$'; write \$ for a dollar sign";
            }
        }

        if (!SelectionVariable.TryParse(name, scope, out var variable, out var reason))
        {
            return name is "default" && scope == SelectionScope.Route
                ? $@"column {column}: '$default' is not a variable; write \$default for the route key"
                : $"column {column}: '{rest[..length]}': {reason}";
        }

        if (length != text.Length && rest[1] != '{')
        {
            return $"column {column}: '{rest[..length]}' stands beside other text; wrap it in braces: ${{{name}}}";
        }

        if (++_variables > MaxVariables)
        {
            return $"column {column}: more than {MaxVariables} variables";
        }

        FlushLiteral();
        _segments.Add(new SelectionSegment(variable, []));
        return null;
    }

    private string? CheckStaticText()
    {
        if (_literal.Length == 0 && _segments.TrueForAll(static segment => segment.Literal.Length == 0))
        {
            return null;
        }

        var isDefault = _segments.Count == 0 && _literal.Equals(Default);
        var isAllowed = scope switch
        {
            SelectionScope.IntegrationResponse or SelectionScope.RouteResponse => isDefault,
            SelectionScope.ApiKey or SelectionScope.ApiMapping => false,
            _ => true,
        };
        return isAllowed
            ? null
            : $"column 1: '{text}' has static text, which cannot be used in {SelectionVariable.Describe(scope)}; use {SelectionVariable.Choices(scope)}";
    }

    private void FlushLiteral()
    {
        if (_literal.Length > 0)
        {
            _segments.Add(new SelectionSegment(default, Encoding.UTF8.GetBytes(_literal.ToString())));
            _literal.Clear();
        }
    }
}
