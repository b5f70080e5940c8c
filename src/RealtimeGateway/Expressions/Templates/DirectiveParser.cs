namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads <c>#set #if #foreach #break #stop</c>, and hands what has to do with macros on.</summary>
internal sealed class DirectiveParser(Cursor cursor, ParseScope scope, DirectiveSyntax syntax)
{
    private readonly MacroParser _macros = new(cursor, scope, syntax);

    public Node? Parse(Func<Node?> parseBlock)
    {
        var position = cursor.Absolute;
        var name = syntax.TakeName();
        switch (name)
        {
            case "set":
                return ParseSet(position);
            case "if":
                return ParseIf(position, parseBlock);
            case "foreach":
                return ParseForeach(position, parseBlock);
            case "define":
                return _macros.ParseDefine(position, parseBlock);
            case "macro":
                return _macros.ParseMacro(position, parseBlock);
            case "break":
                return new FlowNode(Flow.Break);
            case "stop":
                return new FlowNode(Flow.Stop);
            default:
                return _macros.ParseCall(name, position);
        }
    }

    private SetNode? ParseSet(int position)
    {
        if (!syntax.Open("#set", "#set($name = value)"))
        {
            return null;
        }

        if (cursor.Current != '$')
        {
            return syntax.Fail<SetNode>("#set needs a variable to set", "Write #set($name = value)");
        }

        if (new ReferenceParser(cursor, scope).ParseTarget() is not { } target)
        {
            return null;
        }

        cursor.SkipWhitespace();
        if (!cursor.TryTake("="))
        {
            return syntax.Fail<SetNode>("'=' is missing in #set", "Write #set($name = value)");
        }

        return new ExpressionParser(cursor, scope).Parse() is { } value && syntax.Close() ? new SetNode(target, value, position) : null;
    }

    private IfNode? ParseIf(int position, Func<Node?> parseBlock)
    {
        var branches = new List<(Expression, Node)>();
        Node? otherwise = null;
        for (var name = "if"; name is "if" or "elseif"; name = syntax.TakeName())
        {
            if (ParseCondition(name) is not { } condition || syntax.ParseBody(position, parseBlock) is not { } body)
            {
                return null;
            }

            branches.Add((condition, body));
            if (!syntax.CheckOpen(position, "#if"))
            {
                return null;
            }

            if (syntax.PeekName() == "else")
            {
                syntax.TakeName();
                cursor.SkipBlankLineRest();
                otherwise = syntax.ParseBody(position, parseBlock);
                if (otherwise is null || !syntax.CheckOpen(position, "#if"))
                {
                    return null;
                }

                if (syntax.PeekName() != "end")
                {
                    return syntax.Fail<IfNode>("#else is the last part of an #if", "Put #elseif before it, or close the #if with #end");
                }
            }
        }

        cursor.SkipBlankLineRest();
        return new IfNode([.. branches], otherwise);
    }

    private Expression? ParseCondition(string name)
    {
        return syntax.Open("#" + name, $"#{name}($x == 1)") && new ExpressionParser(cursor, scope).Parse() is { } condition && syntax.Close() ? condition : null;
    }

    private ForeachNode? ParseForeach(int position, Func<Node?> parseBlock)
    {
        const string form = "#foreach($item in $list)";
        if (!syntax.Open("#foreach", form))
        {
            return null;
        }

        if (syntax.TakeVariable() is not { } variable)
        {
            return syntax.Fail<ForeachNode>("#foreach needs a variable", "Write " + form);
        }

        cursor.SkipWhitespace();
        if (!cursor.TryTake("in") || Cursor.IsIdentifierPart(cursor.Current))
        {
            return syntax.Fail<ForeachNode>("'in' is missing in #foreach", "Write " + form);
        }

        if (new ExpressionParser(cursor, scope).Parse() is not { } source || !syntax.Close() || syntax.ParseEndedBody(position, "#foreach", parseBlock) is not { } body)
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
}
