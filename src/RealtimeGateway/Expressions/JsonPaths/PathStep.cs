using System.Diagnostics;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>One step of a path: from a value to the values it selects.</summary>
internal abstract class PathStep
{
    public virtual bool IsDefinite => false;

    public virtual bool IsPlain => false;

    public virtual (string? Name, int Index) AsPlain() => throw new UnreachableException();

    /// <summary>Adds what is selected, and takes from the budget what was looked at.</summary>
    public abstract void Select(object? root, object? value, List<object?> results, ref int budget);
}

/// <summary>
/// <c>.name</c>, <c>['name']</c>, <c>['a','b']</c>. Several names at the end of a path give one map of those that are there, and
/// before its end each of their values.
/// </summary>
internal sealed class NameStep(string[] names, bool isLast = true) : PathStep
{
    public override bool IsDefinite => names.Length == 1 || isLast;

    public NameStep NotLast() => names.Length == 1 ? this : new NameStep(names, isLast: false);

    public override bool IsPlain => names.Length == 1;

    public override (string? Name, int Index) AsPlain() => (names[0], 0);

    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        budget -= names.Length;
        if (value is not JavaMap map)
        {
            return;
        }

        if (names.Length == 1)
        {
            if (map.TryGetValue(names[0], out var member))
            {
                results.Add(member);
            }

            return;
        }

        var chosen = new JavaMap();
        foreach (var name in names)
        {
            if (map.TryGetValue(name, out var member))
            {
                chosen[name] = member;
            }
        }

        if (isLast)
        {
            results.Add(chosen);
        }
        else
        {
            results.AddRange(chosen.Values);
        }
    }
}

/// <summary><c>[0]</c>, <c>[-1]</c>, <c>[0,2]</c>.</summary>
internal sealed class IndexStep(int[] indexes) : PathStep
{
    public override bool IsDefinite => indexes.Length == 1;

    public override bool IsPlain => indexes.Length == 1 && indexes[0] >= 0;

    public override (string? Name, int Index) AsPlain() => (null, indexes[0]);

    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        budget -= indexes.Length;
        if (value is not JavaList list)
        {
            return;
        }

        foreach (var index in indexes)
        {
            var position = index < 0 ? list.Count + index : index;
            if (position >= 0 && position < list.Count)
            {
                results.Add(list[position]);
            }
        }
    }
}

/// <summary><c>[1:3]</c>, <c>[:2]</c>, <c>[-2:]</c>.</summary>
internal sealed class SliceStep(int? from, int? to) : PathStep
{
    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        if (value is not JavaList list)
        {
            budget--;
            return;
        }

        var start = Clamp(from ?? 0, list.Count);
        var end = Clamp(to ?? list.Count, list.Count);
        budget -= Math.Max(1, end - start);
        for (var i = start; i < end; i++)
        {
            results.Add(list[i]);
        }
    }

    private static int Clamp(int index, int count) => Math.Clamp(index < 0 ? index + count : index, 0, count);
}

/// <summary><c>.*</c>, <c>[*]</c>.</summary>
internal sealed class WildcardStep : PathStep
{
    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        budget--;
        if (value is JavaList list)
        {
            budget -= list.Count;
            results.AddRange(list);
        }
        else if (value is JavaMap map)
        {
            budget -= map.Count;
            results.AddRange(map.Values);
        }
    }
}

/// <summary><c>..</c>: the step after it, applied to the value and to everything below, outside in.</summary>
internal sealed class DescendantStep(PathStep inner) : PathStep
{
    // A template can hang a list into itself.
    private const int MaxDepth = 128;

    public override void Select(object? root, object? value, List<object?> results, ref int budget) =>
        Descend(root, value, results, ref budget, 0);

    private void Descend(object? root, object? value, List<object?> results, ref int budget, int depth)
    {
        if (budget < 0 || value is not (JavaMap or JavaList))
        {
            return;
        }

        if (depth > MaxDepth)
        {
            budget = -1;
            return;
        }

        inner.Select(root, value, results, ref budget);
        IEnumerable<object?> below = value is JavaMap map ? map.Values : (JavaList)value;
        foreach (var child in below)
        {
            budget--;
            Descend(root, child, results, ref budget, depth + 1);
        }
    }
}

/// <summary><c>[?(...)]</c>: the elements of a list for which the condition holds; of a map, the map itself if it does.</summary>
internal sealed class FilterStep(FilterCondition condition) : PathStep
{
    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        if (value is JavaList list)
        {
            foreach (var item in list)
            {
                if (--budget < 0)
                {
                    return;
                }

                if (condition.Holds(root, item, ref budget))
                {
                    results.Add(item);
                }
            }
        }
        else if (value is JavaMap && condition.Holds(root, value, ref budget))
        {
            results.Add(value);
        }
    }
}

/// <summary><c>.length()</c>, <c>.size()</c>, <c>.keys()</c>, <c>.min() .max() .sum() .avg()</c> at the end of a path.</summary>
internal sealed class FunctionStep(string name) : PathStep
{
    public override bool IsDefinite => true;

    public static bool IsKnown(string name) => name is "length" or "size" or "keys" or "min" or "max" or "sum" or "avg";

    public override void Select(object? root, object? value, List<object?> results, ref int budget)
    {
        budget--;
        switch (name, value)
        {
            case ("length" or "size", JavaList list):
                results.Add(list.Count);
                break;
            case ("length" or "size", JavaMap map):
                results.Add(map.Count);
                break;
            case ("length" or "size", string text):
                results.Add(text.Length);
                break;
            case ("keys", JavaMap map):
                results.Add(new JavaList(map.Keys, isJson: true));
                break;
            case ("min" or "max" or "sum" or "avg", JavaList list):
                budget -= list.Count;
                Aggregate(list, results);
                break;
            default:
                break;
        }
    }

    private void Aggregate(JavaList list, List<object?> results)
    {
        var numbers = list.Select(JsonComparison.AsNumber).OfType<double>().ToList();
        if (numbers.Count > 0)
        {
            results.Add(name switch
            {
                "min" => numbers.Min(),
                "max" => numbers.Max(),
                "sum" => numbers.Sum(),
                _ => numbers.Average(),
            });
        }
    }
}
