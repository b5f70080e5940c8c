namespace RealtimeGateway.Expressions.Templates;

/// <summary>What all directives have in common: the hash and the name, the parentheses, the body and its end.</summary>
internal sealed class DirectiveSyntax(Cursor cursor, ParseScope scope)
{
    public const string Macro = "#macro";

    private static readonly string[] Names = ["set", "if", "foreach", "break", "stop", "define", "macro"];
    private static readonly string[] EndNames = ["else", "elseif", "end"];

    /// <summary>A macro may be called before its definition, so the names are collected ahead.</summary>
    public void DeclareMacros()
    {
        var text = cursor.Text;
        for (var at = text.IndexOf(Macro, StringComparison.Ordinal); at >= 0; at = text.IndexOf(Macro, at + 1, StringComparison.Ordinal))
        {
            var ahead = new Cursor(text) { Position = at + Macro.Length };
            ahead.SkipBlanks();
            if (ahead.TryTake("("))
            {
                ahead.SkipWhitespace();
                var name = ahead.TakeIdentifier();
                if (name.Length > 0)
                {
                    scope.DeclareMacro(name);
                }
            }
        }
    }

    /// <summary>The name after the hash, with or without braces; empty when there is none.</summary>
    public string PeekName()
    {
        var start = cursor.Position;
        cursor.Position++;
        var braced = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        if (braced && cursor.Current != '}')
        {
            name = "";
        }

        cursor.Position = start;
        return name;
    }

    public bool AtSet() => PeekName() == "set";

    public bool AtBlockEnd() => EndNames.Contains(PeekName(), StringComparer.Ordinal);

    public bool IsDirective()
    {
        var name = PeekName();
        if (scope.TryGetMacro(name, out _))
        {
            return true;
        }

        // "#if" without a parenthesis is a mistake, and is told as one; "#set" and the others as well.
        return Names.Contains(name, StringComparer.Ordinal);
    }

    public bool IsDirectiveOrEnd() => IsDirective() || AtBlockEnd();

    /// <summary>Takes the hash and the name as they stand.</summary>
    public string TakeNameText()
    {
        var start = cursor.Position;
        TakeName();
        return cursor.Text[start..cursor.Position];
    }

    public string TakeName()
    {
        cursor.Position++;
        var braced = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        cursor.Position += braced ? 1 : 0;
        return name;
    }

    public Node? ParseEndedBody(int position, string directive, Func<Node?> parseBlock)
    {
        if (ParseBody(position, parseBlock) is not { } body || !CheckOpen(position, directive))
        {
            return null;
        }

        if (PeekName() != "end")
        {
            return Fail<Node>($"#{PeekName()} does not belong to {directive}", $"Close {directive} with #end");
        }

        TakeName();
        cursor.SkipBlankLineRest();
        return body;
    }

    public Node? ParseBody(int position, Func<Node?> parseBlock)
    {
        if (!scope.EnterBlock(position))
        {
            return null;
        }

        var body = parseBlock();
        scope.LeaveBlock();
        return body;
    }

    public bool CheckOpen(int position, string directive)
    {
        if (scope.Error is null && cursor.AtEnd)
        {
            scope.Fail(position, $"{directive} is not closed", "Close it with #end");
        }

        return scope.Error is null;
    }

    public bool Open(string directive, string form)
    {
        cursor.SkipBlanks();
        if (!cursor.TryTake("("))
        {
            scope.Fail(cursor.Absolute, $"'(' is missing after {directive}", $"Write {form}, or \\{directive} for the text");
            return false;
        }

        cursor.SkipWhitespace();
        return true;
    }

    public bool Close()
    {
        cursor.SkipWhitespace();
        if (!cursor.TryTake(")"))
        {
            scope.Fail(cursor.Absolute, "')' is missing", "Close the parenthesis of the directive");
            return false;
        }

        cursor.SkipBlankLineRest();
        return true;
    }

    public string? TakeVariable()
    {
        if (!cursor.TryTake("$"))
        {
            return null;
        }

        cursor.TryTake("!");
        var braced = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        return name.Length == 0 || (braced && !cursor.TryTake("}")) ? null : name;
    }

    public T? Fail<T>(string message, string mend)
        where T : class
    {
        scope.Fail(cursor.Absolute, message, mend);
        return null;
    }
}
