using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary><c>$name</c>, an ordinary variable.</summary>
internal sealed class VariableExpression(int slot) : Expression
{
    public override bool Holds(Evaluation evaluation) => Truth.Of(Evaluate(evaluation));

    public override object? Evaluate(Evaluation evaluation) => evaluation[slot];
}

/// <summary><c>$input</c>, <c>$util</c>, <c>$context</c> or <c>$stageVariables</c>, unless the template gave the name another meaning.</summary>
internal sealed class BuiltInExpression(string name, int slot) : Expression
{
    public override bool Holds(Evaluation evaluation) => Truth.Of(Evaluate(evaluation));

    public override object? Evaluate(Evaluation evaluation)
    {
        if (evaluation.BuiltInsShadowed && evaluation[slot] is { } own)
        {
            return own;
        }

        return name switch
        {
            "input" => InputValue.Value,
            "util" => UtilValue.Value,
            "context" => new ContextValue(""),
            _ => new TextMap(evaluation.Variables.StageVariables),
        };
    }
}

/// <summary>A root with properties, indexes and calls after it.</summary>
internal sealed class ReferenceExpression(Expression root, Accessor[] accessors) : Expression
{
    public override bool Holds(Evaluation evaluation) => Truth.Of(Evaluate(evaluation));

    public override object? Evaluate(Evaluation evaluation)
    {
        var value = root.Evaluate(evaluation);
        foreach (var accessor in accessors)
        {
            if (value is null || !evaluation.Step())
            {
                return null;
            }

            value = accessor.Get(evaluation, value);
        }

        return value;
    }
}

/// <summary>One <c>.name</c>, <c>[index]</c> or <c>.name(…)</c> of a reference.</summary>
internal abstract class Accessor
{
    public abstract object? Get(Evaluation evaluation, object target);
}

internal sealed class PropertyAccessor(string name, int position) : Accessor
{
    public string Name => name;

    public override object? Get(Evaluation evaluation, object target)
    {
        evaluation.Position = position;
        return Members.GetProperty(evaluation, target, name);
    }
}

internal sealed class IndexAccessor(Expression index, int position) : Accessor
{
    public Expression Index => index;

    public override object? Get(Evaluation evaluation, object target)
    {
        var at = index.Evaluate(evaluation);
        evaluation.Position = position;
        return Members.GetItem(evaluation, target, at);
    }
}

/// <summary>A call. Keeps the compiled expression of the last regular expression it saw, as that is nearly always a literal.</summary>
internal sealed class CallAccessor(string name, Expression[] arguments, int position) : Accessor
{
    private CompiledPattern? _pattern;

    public string Name => name;

    public Expression[] Arguments => arguments;

    public override object? Get(Evaluation evaluation, object target)
    {
        var values = arguments.Length == 0 ? [] : new object?[arguments.Length];
        for (var i = 0; i < values.Length; i++)
        {
            var value = arguments[i].Evaluate(evaluation);
            values[i] = value is Missing ? null : value;
        }

        evaluation.Position = position;
        return evaluation.Failed ? null : Members.Call(evaluation, target, this, values);
    }

    public CompiledPattern? GetPattern(Evaluation evaluation, string text)
    {
        var pattern = _pattern;
        if (pattern?.Source != text)
        {
            pattern = CompiledPattern.Compile(evaluation, text);
            _pattern = pattern ?? _pattern;
        }

        return pattern;
    }
}

/// <summary>Where <c>#set</c> puts a value.</summary>
internal abstract class AssignmentTarget
{
    public abstract void Assign(Evaluation evaluation, object value);
}

internal sealed class VariableTarget(int slot, bool shadows) : AssignmentTarget
{
    public override void Assign(Evaluation evaluation, object value)
    {
        evaluation[slot] = value;
        evaluation.BuiltInsShadowed |= shadows;
    }
}

/// <summary><c>#set($map.key = …)</c>, <c>#set($map["key"] = …)</c>, <c>#set($list[0] = …)</c>. On anything else it does nothing, as in Velocity.</summary>
internal sealed class MemberTarget(Expression owner, Expression key) : AssignmentTarget
{
    public override void Assign(Evaluation evaluation, object value)
    {
        var target = owner.Evaluate(evaluation);
        var name = key.Evaluate(evaluation);
        switch (target)
        {
            case JavaMap map when name is not null:
                MapMethods.Put(evaluation, map, name, value);
                break;
            case JavaList list when name is int index:
                ListMethods.Set(evaluation, list, index < 0 ? list.Count + index : index, value);
                break;
            case ContextValue context when name is not null:
                context.TrySet(evaluation, evaluation.ToText(name), value);
                break;
            default:
                break;
        }
    }
}
