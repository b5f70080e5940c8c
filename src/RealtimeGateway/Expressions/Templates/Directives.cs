using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary><c>#set($x = value)</c>. As in Velocity 1.7, a value of null changes nothing.</summary>
internal sealed class SetNode(AssignmentTarget target, Expression value, int position) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Position = position;
        var result = value.Evaluate(evaluation);
        if (result is not null && !evaluation.Failed)
        {
            target.Assign(evaluation, result);
        }

        return Flow.Next;
    }
}

internal sealed class IfNode((Expression Condition, Node Body)[] branches, Node? otherwise) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        foreach (var (condition, body) in branches)
        {
            var holds = condition.Holds(evaluation);
            if (!evaluation.Step())
            {
                return Flow.Stop;
            }

            if (holds)
            {
                return body.Render(evaluation);
            }
        }

        return otherwise?.Render(evaluation) ?? Flow.Next;
    }
}

internal sealed class ForeachNode(LoopVariables slots, Expression source, Node body, int position) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Position = position;
        var items = Sequences.Of(evaluation, source.Evaluate(evaluation));
        if (items.Length == 0 || evaluation.Failed)
        {
            return Flow.Next;
        }

        var scope = new ForeachScope(evaluation.Loop);
        var before = (evaluation[slots.Item], evaluation[slots.Foreach], evaluation[slots.Count], evaluation[slots.HasNext]);
        evaluation.Loop = scope;
        evaluation[slots.Foreach] = scope;
        evaluation.BuiltInsShadowed |= slots.Shadows;
        var flow = Run(evaluation, items, scope);
        evaluation.Loop = scope.Parent;
        (evaluation[slots.Item], evaluation[slots.Foreach], evaluation[slots.Count], evaluation[slots.HasNext]) = before;
        return flow == Flow.Stop ? Flow.Stop : Flow.Next;
    }

    private Flow Run(Evaluation evaluation, object?[] items, ForeachScope scope)
    {
        var flow = Flow.Next;
        for (var i = 0; i < items.Length && flow == Flow.Next && evaluation.Step(); i++)
        {
            scope.Index = i;
            scope.HasNext = i + 1 < items.Length;
            evaluation[slots.Item] = items[i];
            evaluation[slots.Count] = i + 1;
            evaluation[slots.HasNext] = scope.HasNext;
            flow = body.Render(evaluation);
        }

        return flow;
    }
}

/// <summary>The slots that a loop sets: its variable, <c>$foreach</c>, <c>$velocityCount</c> and <c>$velocityHasNext</c>; and whether its variable hides a built-in.</summary>
internal readonly record struct LoopVariables(int Item, int Foreach, int Count, int HasNext, bool Shadows);

/// <summary><c>#define($x)…#end</c>: the block is rendered whenever the variable is.</summary>
internal sealed class DefineNode(int slot, Node body) : Node
{
    private readonly DefinedBlock _block = new(body);

    public override Flow Render(Evaluation evaluation)
    {
        evaluation[slot] = _block;
        return Flow.Next;
    }
}

/// <summary>The value of a variable made by <c>#define</c>.</summary>
internal sealed class DefinedBlock(Node body)
{
    public void Render(Evaluation evaluation)
    {
        if (evaluation.Enter())
        {
            body.Render(evaluation);
        }

        evaluation.Leave();
    }

    public string ToText(Evaluation evaluation)
    {
        var text = evaluation.Enter() ? evaluation.Capture(body) : "";
        evaluation.Leave();
        return text;
    }
}

/// <summary><c>#name(args)</c>. Arguments are evaluated once, when called; parameters shadow variables of the same name until it ends.</summary>
internal sealed class MacroCallNode(MacroDefinition macro, Expression[] arguments, int position) : Node
{
    public override Flow Render(Evaluation evaluation)
    {
        evaluation.Position = position;
        if (macro.Body is null)
        {
            return Flow.Next;
        }

        var values = new object?[macro.Parameters.Length];
        for (var i = 0; i < values.Length; i++)
        {
            values[i] = i < arguments.Length ? arguments[i].Evaluate(evaluation) : null;
        }

        var flow = Flow.Next;
        if (evaluation.Enter())
        {
            Bind(evaluation, values);
            flow = macro.Body.Render(evaluation);
            Unbind(evaluation, values);
        }

        evaluation.Leave();

        // #break ends the macro, #stop the template.
        return flow == Flow.Stop ? Flow.Stop : Flow.Next;
    }

    private void Bind(Evaluation evaluation, object?[] values)
    {
        for (var i = 0; i < values.Length; i++)
        {
            var slot = macro.Parameters[i];
            (evaluation[slot], values[i]) = (values[i], evaluation[slot]);
        }
    }

    private void Unbind(Evaluation evaluation, object?[] before)
    {
        for (var i = before.Length - 1; i >= 0; i--)
        {
            evaluation[macro.Parameters[i]] = before[i];
        }
    }
}

/// <summary>What <c>#foreach</c> can run over.</summary>
internal static class Sequences
{
    /// <summary>
    /// A copy of the items of a list or of the values of a map, as the body may change what it runs over. Anything else has none.
    /// </summary>
    public static object?[] Of(Evaluation evaluation, object? value)
    {
        IReadOnlyCollection<object?> items = value switch
        {
            JavaList list => list,
            JavaMap map => map.Values,
            TextMap map => [.. map.Entries.Values],
            ParamsValue parameters => parameters.Groups(),
            _ => [],
        };
        if (items.Count > evaluation.Limits.MaxRounds)
        {
            evaluation.Fail(TemplateFailure.Rounds, $"#foreach has {items.Count} rounds, more than {evaluation.Limits.MaxRounds}");
            return [];
        }

        return evaluation.ChargeEntries(items.Count) ? [.. items] : [];
    }
}
