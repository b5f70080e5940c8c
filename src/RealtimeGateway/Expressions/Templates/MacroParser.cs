namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads <c>#define</c>, <c>#macro</c> and calls of macros.</summary>
internal sealed class MacroParser(Cursor cursor, ParseScope scope, DirectiveSyntax syntax)
{
    public DefineNode? ParseDefine(int position, Func<Node?> parseBlock)
    {
        if (!syntax.Open("#define", "#define($name)"))
        {
            return null;
        }

        if (syntax.TakeVariable() is not { } variable || ReferenceParser.IsBuiltIn(variable))
        {
            return syntax.Fail<DefineNode>("#define needs a variable of its own", "Write #define($name)…#end");
        }

        return syntax.Close() && syntax.ParseEndedBody(position, "#define", parseBlock) is { } body ? new DefineNode(scope.GetSlot(variable), body) : null;
    }

    public BlockNode? ParseMacro(int position, Func<Node?> parseBlock)
    {
        const string form = "#macro(name $parameter)";
        if (!syntax.Open(DirectiveSyntax.Macro, form))
        {
            return null;
        }

        var name = cursor.TakeIdentifier();
        if (name.Length == 0 || !scope.TryGetMacro(name, out var macro))
        {
            return syntax.Fail<BlockNode>("#macro needs a name", "Write " + form);
        }

        var parameters = new List<int>();
        for (cursor.SkipWhitespace(); cursor.Current == '$'; cursor.SkipWhitespace())
        {
            if (syntax.TakeVariable() is not { } parameter || ReferenceParser.IsBuiltIn(parameter))
            {
                return syntax.Fail<BlockNode>("A parameter of #macro needs a name of its own", "Write " + form);
            }

            parameters.Add(scope.GetSlot(parameter));
            cursor.SkipWhitespace();
            cursor.TryTake(",");
        }

        if (!syntax.Close() || syntax.ParseEndedBody(position, DirectiveSyntax.Macro, parseBlock) is not { } body)
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

    public MacroCallNode? ParseCall(string name, int position)
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
}
