using System.Numerics;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>How filters compare values: numbers by value, texts by code unit, other kinds only for equality.</summary>
internal static class JsonComparison
{
    // Deep enough for all that was parsed; a template can build a value that contains itself.
    private const int MaxDepth = 128;

    public static double? AsNumber(object? value) => value switch
    {
        int number => number,
        long number => number,
        double number => number,
        BigInteger number => (double)number,
        BigNumber number => number.ToDouble(),
        _ => null,
    };

    /// <summary>Less than zero, zero, more than zero; null when there is no order between the two.</summary>
    public static int? Compare(object? left, object? right)
    {
        if (AsNumber(left) is { } first && AsNumber(right) is { } second)
        {
            return first.CompareTo(second);
        }

        return left is string text && right is string other ? Math.Sign(string.CompareOrdinal(text, other)) : null;
    }

    public static bool AreEqual(object? left, object? right, ref int budget) => AreEqual(left, right, ref budget, 0);

    private static bool AreEqual(object? left, object? right, ref int budget, int depth)
    {
        if (--budget < 0 || depth > MaxDepth)
        {
            budget = Math.Min(budget, -1);
            return false;
        }

        switch (left, right)
        {
            case (null, null):
                return true;
            case (bool first, bool second):
                return first == second;
            case (JavaList first, JavaList second):
                if (first.Count != second.Count)
                {
                    return false;
                }

                for (var i = 0; i < first.Count; i++)
                {
                    if (!AreEqual(first[i], second[i], ref budget, depth + 1))
                    {
                        return false;
                    }
                }

                return true;
            case (JavaMap first, JavaMap second):
                if (first.Count != second.Count)
                {
                    return false;
                }

                foreach (var (key, value) in first)
                {
                    if (!second.TryGetValue(key, out var other) || !AreEqual(value, other, ref budget, depth + 1))
                    {
                        return false;
                    }
                }

                return true;
            default:
                return Compare(left, right) == 0 || (left is not null && left.Equals(right));
        }
    }
}
