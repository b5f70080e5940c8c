namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads what begins with a hash: <c>#set #if #foreach #break #stop #define #macro</c> and calls of macros.</summary>
internal sealed class DirectiveParser(Cursor cursor, ParseScope scope)
{
    private const string MacroDirective = "#macro";

    private static readonly string[] Names = ["set", "if", "foreach", "break", "stop", "define", "macro"];
    private static readonly string[] EndNames = ["else", "elseif", "end"];

    /// <summary>A macro may be called before its definition, so the names are collected ahead.</summary>
    public void DeclareMacros()
    {
        var text = cursor.Text;
        for (var at = text.IndexOf(MacroDirective, StringComparison.Ordinal); at >= 0; at = text.IndexOf(MacroDirective, at + 1, StringComparison.Ordinal))
        {
            var ahead = new Cursor(text) { Position = at + MacroDirective.Length };
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

    public Node? Parse(Func<Node?> parseBlock)
    {
        var position = cursor.Absolute;
        var name = TakeName();
        switch (name)
        {
            case "set":
                return ParseSet(position);
            case "if":
                return ParseIf(position, parseBlock);
            case "foreach":
                return ParseForeach(position, parseBlock);
            case "define":
                return ParseDefine(position, parseBlock);
            case "macro":
                return ParseMacro(position, parseBlock);
            case "break":
                return new FlowNode(Flow.Break);
            case "stop":
                return new FlowNode(Flow.Stop);
            default:
                return ParseCall(name, position);
        }
    }

    private string TakeName()
    {
        cursor.Position++;
        var braced = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        cursor.Position += braced ? 1 : 0;
        return name;
    }

    private SetNode? ParseSet(int position)
    {
        if (!Open("#set", "#set($name = value)"))
        {
            return null;
        }

        if (cursor.Current != '$')
        {
            return Fail<SetNode>("#set needs a variable to set", "Write #set($name = value)");
        }

        if (new ReferenceParser(cursor, scope).ParseTarget() is not { } target)
        {
            return null;
        }

        cursor.SkipWhitespace();
        if (!cursor.TryTake("="))
        {
            return Fail<SetNode>("'=' is missing in #set", "Write #set($name = value)");
        }

        return new ExpressionParser(cursor, scope).Parse() is { } value && Close() ? new SetNode(target, value, position) : null;
    }

    private IfNode? ParseIf(int position, Func<Node?> parseBlock)
    {
        var branches = new List<(Expression, Node)>();
        Node? otherwise = null;
        for (var name = "if"; name is "if" or "elseif"; name = TakeName())
        {
            if (ParseCondition(name) is not { } condition || ParseBody(position, parseBlock) is not { } body)
            {
                return null;
            }

            branches.Add((condition, body));
            if (!CheckOpen(position, "#if"))
            {
                return null;
            }

            if (PeekName() == "else")
            {
                TakeName();
                cursor.SkipBlankLineRest();
                otherwise = ParseBody(position, parseBlock);
                if (otherwise is null || !CheckOpen(position, "#if"))
                {
                    return null;
                }

                if (PeekName() != "end")
                {
                    return Fail<IfNode>("#else is the last part of an #if", "Put #elseif before it, or close the #if with #end");
                }
            }
        }

        cursor.SkipBlankLineRest();
        return new IfNode([.. branches], otherwise);
    }

    private Expression? ParseCondition(string name)
    {
        return Open("#" + name, $"#{name}($x == 1)") && new ExpressionParser(cursor, scope).Parse() is { } condition && Close() ? condition : null;
    }

    private ForeachNode? ParseForeach(int position, Func<Node?> parseBlock)
    {
        const string form = "#foreach($item in $list)";
        if (!Open("#foreach", form))
        {
            return null;
        }

        if (TakeVariable() is not { } variable)
        {
            return Fail<ForeachNode>("#foreach needs a variable", "Write " + form);
        }

        cursor.SkipWhitespace();
        if (!cursor.TryTake("in") || Cursor.IsIdentifierPart(cursor.Current))
        {
            return Fail<ForeachNode>("'in' is missing in #foreach", "Write " + form);
        }

        if (new ExpressionParser(cursor, scope).Parse() is not { } source || !Close() || ParseEndedBody(position, "#foreach", parseBlock) is not { } body)
        {
            return null;
        }

        var slots = new LoopVariables(
            scope.GetSlot(variable),
            scope.GetSlot("foreach"),
            scope.GetSlot("velocityCount"),
            scope.GetSlot("velocityHasNext"),
            ReferenceParser.IsBuiltIn(variable));
        return new ForeachNode(slots, source, body, position);
    }

    private DefineNode? ParseDefine(int position, Func<Node?> parseBlock)
    {
        if (!Open("#define", "#define($name)"))
        {
            return null;
        }

        if (TakeVariable() is not { } variable || ReferenceParser.IsBuiltIn(variable))
        {
            return Fail<DefineNode>("#define needs a variable of its own", "Write #define($name)…#end");
        }

        return Close() && ParseEndedBody(position, "#define", parseBlock) is { } body ? new DefineNode(scope.GetSlot(variable), body) : null;
    }

    private BlockNode? ParseMacro(int position, Func<Node?> parseBlock)
    {
        const string form = "#macro(name $parameter)";
        if (!Open(MacroDirective, form))
        {
            return null;
        }

        var name = cursor.TakeIdentifier();
        if (name.Length == 0 || !scope.TryGetMacro(name, out var macro))
        {
            return Fail<BlockNode>("#macro needs a name", "Write " + form);
        }

        var parameters = new List<int>();
        for (cursor.SkipWhitespace(); cursor.Current == '$'; cursor.SkipWhitespace())
        {
            if (TakeVariable() is not { } parameter || ReferenceParser.IsBuiltIn(parameter))
            {
                return Fail<BlockNode>("A parameter of #macro needs a name of its own", "Write " + form);
            }

            parameters.Add(scope.GetSlot(parameter));
            cursor.SkipWhitespace();
            cursor.TryTake(",");
        }

        if (!Close() || ParseEndedBody(position, MacroDirective, parseBlock) is not { } body)
        {
            return null;
        }

        // Of two definitions the first counts, as in Velocity.
        if (macro.Body is null)
        {
            macro.Parameters = [.. parameters];
            macro.Body = body;
        }

        return new BlockNode([]);
    }

    private MacroCallNode? ParseCall(string name, int position)
    {
        scope.TryGetMacro(name, out var macro);
        var start = cursor.Position;
        cursor.SkipBlanks();
        if (!cursor.TryTake("("))
        {
            cursor.Position = start;
            return new MacroCallNode(macro!, [], position);
        }

        if (new ExpressionParser(cursor, scope).ParseArguments(')', commaOptional: true) is not { } arguments)
        {
            return null;
        }

        cursor.SkipBlankLineRest();
        return new MacroCallNode(macro!, [.. arguments], position);
    }

    private Node? ParseEndedBody(int position, string directive, Func<Node?> parseBlock)
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

    private Node? ParseBody(int position, Func<Node?> parseBlock)
    {
        if (!scope.EnterBlock(position))
        {
            return null;
        }

        var body = parseBlock();
        scope.LeaveBlock();
        return body;
    }

    private bool CheckOpen(int position, string directive)
    {
        if (scope.Error is null && cursor.AtEnd)
        {
            scope.Fail(position, $"{directive} is not closed", "Close it with #end");
        }

        return scope.Error is null;
    }

    private bool Open(string directive, string form)
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

    private bool Close()
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

    private string? TakeVariable()
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

    private T? Fail<T>(string message, string mend)
        where T : class
    {
        scope.Fail(cursor.Absolute, message, mend);
        return null;
    }
}
