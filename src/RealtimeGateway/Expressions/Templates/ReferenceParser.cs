using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Reads references: <c>$x</c>, <c>$!x</c>, <c>${x}</c>, <c>$!{x}</c> with properties, indexes and calls.</summary>
internal sealed class ReferenceParser(Cursor cursor, ParseScope scope)
{
    /// <summary>
    /// Null without an error means that the dollar sign begins no reference; the cursor is then where it was. Null with one, that the text is wrong.
    /// </summary>
    public Expression? Parse()
    {
        var start = cursor.Position;
        cursor.Position++;
        cursor.TryTake("!");
        var formal = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        if (name.Length == 0)
        {
            cursor.Position = start;
            return null;
        }

        var accessors = new List<Accessor>();
        while (ParseAccessor() is { } accessor)
        {
            accessors.Add(accessor);
        }

        if (scope.Error is null && formal && !cursor.TryTake("}"))
        {
            scope.Fail(cursor.Absolute, "'}' is missing after ${" + name, "Close the reference with }, or write \\$ for a dollar sign");
        }

        return scope.Error is null ? Resolve(name, accessors) : null;
    }

    /// <summary>The same reference as the left side of <c>#set</c>.</summary>
    public AssignmentTarget? ParseTarget()
    {
        var start = cursor.Position;
        cursor.Position++;
        cursor.TryTake("!");
        var formal = cursor.TryTake("{");
        var name = cursor.TakeIdentifier();
        var accessors = new List<Accessor>();
        while (name.Length > 0 && ParseAccessor() is { } accessor)
        {
            accessors.Add(accessor);
        }

        if (scope.Error is null && (name.Length == 0 || (formal && !cursor.TryTake("}"))))
        {
            scope.Fail(cursor.Offset + start, "#set needs a variable to set", "Write #set($name = value)");
        }

        if (scope.Error is not null)
        {
            return null;
        }

        if (accessors.Count == 0)
        {
            return new VariableTarget(scope.GetSlot(name), IsBuiltIn(name));
        }

        var owner = Resolve(name, accessors[..^1]);
        switch (accessors[^1])
        {
            case PropertyAccessor property when owner is not null:
                return new MemberTarget(owner, new LiteralExpression(property.Name));
            case IndexAccessor index when owner is not null:
                return new MemberTarget(owner, index.Index);
            default:
                scope.Fail(cursor.Offset + start, "A method's result cannot be set", "Set a variable, a property or an element");
                return null;
        }
    }

    public static bool IsBuiltIn(string name) => name is "input" or "context" or "stageVariables" or "util";

    private Accessor? ParseAccessor()
    {
        var position = cursor.Absolute;
        if (cursor.Current == '[')
        {
            return ParseIndex(position);
        }

        if (cursor.Current != '.' || !Cursor.IsIdentifierStart(cursor.Peek(1)))
        {
            return null;
        }

        cursor.Position++;
        var name = cursor.TakeIdentifier();
        if (!cursor.TryTake("("))
        {
            return new PropertyAccessor(name, position);
        }

        return new ExpressionParser(cursor, scope).ParseArguments(')') is { } arguments ? new CallAccessor(name, [.. arguments], position) : null;
    }

    private IndexAccessor? ParseIndex(int position)
    {
        // "$x[" may also be the start of a list in the text around; only a value and a bracket make an index.
        var start = cursor.Position;
        cursor.Position++;
        cursor.SkipWhitespace();
        if (!char.IsAsciiDigit(cursor.Current) && cursor.Current is not ('-' or '$' or '"' or '\''))
        {
            cursor.Position = start;
            return null;
        }

        var index = new ExpressionParser(cursor, scope).Parse();
        if (index is not null && !cursor.TryTake("]"))
        {
            scope.Fail(cursor.Absolute, "']' is missing", "Close the index, or write ${name}[ when no index is meant");
            return null;
        }

        return index is null ? null : new IndexAccessor(index, position);
    }

    private Expression? Resolve(string name, List<Accessor> accessors)
    {
        var slot = scope.GetSlot(name);
        if (!IsBuiltIn(name))
        {
            return accessors.Count == 0 ? new VariableExpression(slot) : new ReferenceExpression(new VariableExpression(slot), [.. accessors]);
        }

        var root = new BuiltInExpression(name, slot);
        var known = name switch
        {
            "context" => ResolveContext(root, accessors),
            "stageVariables" => ResolveStageVariable(root, accessors),
            "input" => ResolveInput(root, accessors),
            _ => (null, 0),
        };
        if (scope.Error is not null)
        {
            return null;
        }

        var (start, taken) = known;
        Expression origin = start ?? root;
        return taken == accessors.Count && (start is not null || taken == 0)
            ? origin
            : new ReferenceExpression(origin, [.. accessors.Skip(taken)]);
    }

    private static ReferenceExpression General(Expression root, List<Accessor> accessors, int count) => new ReferenceExpression(root, [.. accessors.Take(count)]);

    private static string? LiteralName(Accessor accessor) => accessor switch
    {
        PropertyAccessor property => property.Name,
        IndexAccessor { Index: LiteralExpression { Value: string text } } => text,
        _ => null,
    };

    private (Expression?, int) ResolveContext(Expression root, List<Accessor> accessors)
    {
        var names = accessors.Select(LiteralName).TakeWhile(name => name is not null).ToList();
        if (names.Count == 0)
        {
            return (null, 0);
        }

        var path = string.Join('.', names);
        var reference = new ContextReference(path, scope.Settings.ContextIds?.Invoke(path) ?? -1);
        return (new ContextExpression(reference, General(root, accessors, names.Count)), names.Count);
    }

    private static (Expression?, int) ResolveStageVariable(Expression root, List<Accessor> accessors)
    {
        var name = accessors switch
        {
            [CallAccessor { Name: "get", Arguments: [LiteralExpression { Value: string key }] }, ..] => key,
            [var first, ..] => LiteralName(first),
            _ => null,
        };
        return name is null ? (null, 0) : (new StageVariableExpression(name, General(root, accessors, 1)), 1);
    }

    private (Expression?, int) ResolveInput(Expression root, List<Accessor> accessors)
    {
        switch (accessors)
        {
            case [PropertyAccessor { Name: "body" }, ..]:
                return (new InputBodyExpression(General(root, accessors, 1)), 1);
            case [CallAccessor { Name: "params", Arguments: [LiteralExpression { Value: string name }] }, ..]:
                return (new InputParameterExpression(name, General(root, accessors, 1)), 1);
            case [CallAccessor { Name: "json" or "path", Arguments: [LiteralExpression { Value: string text }] } call, ..]:
                if (!JsonPath.TryParse(text, out var path, out var error))
                {
                    scope.Fail(cursor.Absolute, $"The path '{text}' cannot be used: {error}", "Write a JSONPath such as $.name or $.list[0]");
                    return (null, 0);
                }

                var general = General(root, accessors, 1);
                return call.Name == "json"
                    ? (new InputJsonExpression(path, cursor.Absolute, general), 1)
                    : (new InputPathExpression(path, cursor.Absolute, general), 1);
            default:
                return (null, 0);
        }
    }
}
