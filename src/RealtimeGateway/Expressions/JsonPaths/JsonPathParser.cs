using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>Reads the text of a path. Filters are read by <see cref="FilterParser"/> over the same position.</summary>
internal sealed class JsonPathParser(string text)
{
    private const int MaxLength = 4096;
    private const int MaxSteps = 64;

    public string Text => text;

    public int Position { get; set; }

    public string? Error { get; private set; }

    public bool AtEnd => Position >= text.Length;

    public char Current => AtEnd ? '\0' : text[Position];

    public bool TryParse([NotNullWhen(true)] out JsonPath? path, [NotNullWhen(false)] out string? error)
    {
        path = null;
        if (text.Length is 0 or > MaxLength)
        {
            error = text.Length == 0 ? "The JSONPath is empty" : "The JSONPath is too long";
            return false;
        }

        // "a.b" is short for "$.a.b".
        var bare = Current is not ('$' or '@');
        path = bare && Current is not ('.' or '[') ? ParseSteps(fromCurrent: false, startWithName: true) : ParsePath();
        if (path is not null && !AtEnd)
        {
            Fail($"'{Current}' is not expected here");
        }

        error = Error;
        if (error is not null)
        {
            path = null;
        }

        return path is not null;
    }

    /// <summary>A path that starts with <c>$</c> or <c>@</c> and ends where it cannot go on.</summary>
    public JsonPath? ParsePath()
    {
        var fromCurrent = Current == '@';
        if (Current is '$' or '@')
        {
            Position++;
        }

        return ParseSteps(fromCurrent, startWithName: false);
    }

    public JsonPath? Fail(string message)
    {
        Error ??= $"{message} (position {Position + 1} of the JSONPath)";
        return null;
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Position++;
        }
    }

    public bool TryTake(string token)
    {
        if (string.CompareOrdinal(text, Position, token, 0, token.Length) != 0)
        {
            return false;
        }

        Position += token.Length;
        return true;
    }

    /// <summary>A text in single or double quotes; a backslash escapes.</summary>
    public string? ParseQuoted()
    {
        var quote = Current;
        Position++;
        var result = new StringBuilder();
        while (!AtEnd && Current != quote)
        {
            if (Current == '\\' && Position + 1 < text.Length)
            {
                Position++;
            }

            result.Append(Current);
            Position++;
        }

        if (AtEnd)
        {
            Fail("A quote is not closed");
            return null;
        }

        Position++;
        return result.ToString();
    }

    private JsonPath? ParseSteps(bool fromCurrent, bool startWithName)
    {
        var steps = new List<PathStep>();
        if (startWithName)
        {
            steps.Add(new NameStep([ParseName()]));
        }

        while (!AtEnd && Error is null && Current is '.' or '[')
        {
            if (steps.Count == MaxSteps)
            {
                return Fail("The JSONPath has too many steps");
            }

            if (ParseStep() is { } step)
            {
                steps.Add(step);
            }
        }

        for (var i = 0; i < steps.Count - 1; i++)
        {
            steps[i] = steps[i] is NameStep names ? names.NotLast() : steps[i];
        }

        return Error is null ? new JsonPath([.. steps], fromCurrent) : null;
    }

    private PathStep? ParseStep()
    {
        if (Current == '[')
        {
            return ParseBracket();
        }

        Position++;
        if (Current != '.')
        {
            return ParseDotted();
        }

        Position++;
        var inner = Current == '[' ? ParseBracket() : ParseDotted();
        return inner is null ? null : new DescendantStep(inner);
    }

    private PathStep? ParseDotted()
    {
        if (TryTake("*"))
        {
            return new WildcardStep();
        }

        var name = ParseName();
        if (name.Length == 0)
        {
            Fail("A name is missing");
            return null;
        }

        if (!TryTake("()"))
        {
            return new NameStep([name]);
        }

        if (!FunctionStep.IsKnown(name))
        {
            Fail($"There is no function '{name}'");
            return null;
        }

        return new FunctionStep(name);
    }

    private string ParseName()
    {
        var start = Position;
        while (!AtEnd && !".[]()=!<>&|, '\"".Contains(Current, StringComparison.Ordinal))
        {
            Position++;
        }

        return text[start..Position];
    }

    private PathStep? ParseBracket()
    {
        Position++;
        SkipBlanks();
        PathStep? step = Current switch
        {
            '*' => TakeWildcard(),
            '?' => ParseFilter(),
            '\'' or '"' => ParseNames(),
            _ => ParseIndexes(),
        };
        SkipBlanks();
        if (step is not null && !TryTake("]"))
        {
            Fail("']' is missing");
            return null;
        }

        return step;
    }

    private WildcardStep TakeWildcard()
    {
        Position++;
        return new WildcardStep();
    }

    private FilterStep? ParseFilter()
    {
        Position++;
        var condition = new FilterParser(this).Parse();
        return condition is null ? null : new FilterStep(condition);
    }

    private NameStep? ParseNames()
    {
        var names = new List<string>();
        do
        {
            SkipBlanks();
            if (Current is not ('\'' or '"') || ParseQuoted() is not { } name)
            {
                Fail("A quoted name is missing");
                return null;
            }

            names.Add(name);
            SkipBlanks();
        }
        while (TryTake(","));
        return new NameStep([.. names]);
    }

    private PathStep? ParseIndexes()
    {
        var first = ParseNumber();
        SkipBlanks();
        if (TryTake(":"))
        {
            SkipBlanks();
            return Error is null ? new SliceStep(first, ParseNumber()) : null;
        }

        var indexes = new List<int>();
        while (first is { } index)
        {
            indexes.Add(index);
            SkipBlanks();
            if (!TryTake(","))
            {
                return new IndexStep([.. indexes]);
            }

            SkipBlanks();
            first = ParseNumber();
        }

        Fail("A position, a quoted name, '*' or a filter is missing");
        return null;
    }

    private int? ParseNumber()
    {
        var start = Position;
        if (Current == '-')
        {
            Position++;
        }

        while (char.IsAsciiDigit(Current))
        {
            Position++;
        }

        if (int.TryParse(text.AsSpan(start, Position - start), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number))
        {
            return number;
        }

        if (Position > start)
        {
            Fail("A position is no number in range");
        }

        return null;
    }
}
