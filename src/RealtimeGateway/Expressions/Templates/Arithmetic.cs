using System.Numerics;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// Arithmetic as Velocity 1.7 does it with Java's numbers: whole numbers stay whole and grow from Integer over Long to BigInteger when
/// they overflow; with a fraction on either side the result is a Double. What cannot be calculated (no number, division by zero) has no value.
/// </summary>
internal static class Arithmetic
{
    // Enough for any number in use; a template could otherwise square one until it fills the memory.
    private const int MaxBits = 4096;

    public static bool IsNumber(object? value) => value is int or long or double or BigInteger or BigNumber;

    public static int? Compare(object? left, object? right)
    {
        if (left is int or long && right is int or long)
        {
            return ToLong(left).CompareTo(ToLong(right));
        }

        if (IsWhole(left) && IsWhole(right))
        {
            return ToBig(left).CompareTo(ToBig(right));
        }

        return IsNumber(left) && IsNumber(right) ? ToDouble(left).CompareTo(ToDouble(right)) : null;
    }

    public static object? Calculate(Evaluation evaluation, char op, object? left, object? right)
    {
        if (!IsNumber(left) || !IsNumber(right) || (op is '/' or '%' && IsZero(right)))
        {
            return null;
        }

        if (!IsWhole(left) || !IsWhole(right))
        {
            return Calculate(op, ToDouble(left), ToDouble(right));
        }

        if (left is int or long && right is int or long && TryCalculate(op, ToLong(left), ToLong(right), out var small))
        {
            // Two Integers give an Integer while it fits; a Long on either side makes the result a Long.
            return left is int && right is int ? JsonValueReader.Shrink(small) : small;
        }

        var result = Calculate(op, ToBig(left), ToBig(right));
        if (result.GetBitLength() > MaxBits)
        {
            return evaluation.Fail(TemplateFailure.IntermediateSize, "A number grew past its bound");
        }

        return result;
    }

    public static double ToDouble(object? value) => JsonComparison.AsNumber(value) ?? double.NaN;

    /// <summary><c>intValue()</c> and <c>longValue()</c> drop the fraction and, as in Java, keep the low bits or the nearest end.</summary>
    public static long ToLong(object? value) => value switch
    {
        int number => number,
        long number => number,
        BigInteger number => (long)(ulong)(number & ulong.MaxValue),
        _ => ToDouble(value) switch
        {
            double.NaN => 0,
            >= long.MaxValue => long.MaxValue,
            <= long.MinValue => long.MinValue,
            var number => (long)number,
        },
    };

    private static bool IsWhole(object? value) => value is int or long or BigInteger;

    private static BigInteger ToBig(object? value) => value switch
    {
        int number => number,
        long number => number,
        BigInteger number => number,
        _ => BigInteger.Zero,
    };

    private static bool IsZero(object? value) => value is BigInteger number ? number.IsZero : ToDouble(value) == 0;

    private static bool TryCalculate(char op, long left, long right, out long result)
    {
        var wide = op switch
        {
            '+' => (Int128)left + right,
            '-' => (Int128)left - right,
            '*' => (Int128)left * right,
            '/' => (Int128)left / right,
            _ => (Int128)left % right,
        };
        result = unchecked((long)wide);
        return wide >= long.MinValue && wide <= long.MaxValue;
    }

    private static BigInteger Calculate(char op, BigInteger left, BigInteger right) => op switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        _ => left % right,
    };

    private static double Calculate(char op, double left, double right) => op switch
    {
        '+' => left + right,
        '-' => left - right,
        '*' => left * right,
        '/' => left / right,
        _ => left % right,
    };
}
