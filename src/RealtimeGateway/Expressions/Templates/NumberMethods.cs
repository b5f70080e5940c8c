namespace RealtimeGateway.Expressions.Templates;

/// <summary>The methods of <c>java.lang.Number</c> and <c>java.lang.Boolean</c> that templates use.</summary>
internal static class NumberMethods
{
    public static object? Call(object value, string name, object?[] arguments)
    {
        switch (value, name, arguments)
        {
            case (bool flag, "booleanValue", []):
                return Truth.Box(flag);
            case (bool flag, "compareTo", [bool other]):
                return flag.CompareTo(other);
            case (bool flag, "hashCode", []):
                return flag ? 1231 : 1237;
            case (int number, "hashCode", []):
                return number;
            case (long number, "hashCode", []):
                return unchecked((int)(number ^ (number >>> 32)));
            default:
                return Arithmetic.IsNumber(value) ? CallNumber(value, name, arguments) : null;
        }
    }

    private static object? CallNumber(object number, string name, object?[] arguments) => (name, arguments) switch
    {
        ("intValue", []) => ToInt(number),
        ("longValue", []) => Arithmetic.ToLong(number),
        ("shortValue", []) => (int)unchecked((short)Arithmetic.ToLong(number)),
        ("byteValue", []) => (int)unchecked((sbyte)Arithmetic.ToLong(number)),
        ("doubleValue" or "floatValue", []) => Arithmetic.ToDouble(number),
        ("compareTo", [{ } other]) => Arithmetic.Compare(number, other),
        ("isNaN", []) when number is double value => Truth.Box(double.IsNaN(value)),
        ("isInfinite", []) when number is double value => Truth.Box(double.IsInfinity(value)),
        _ => null,
    };

    // A Double goes to the nearest end of the range, a Long loses its high bits.
    private static int ToInt(object number) => number is double value
        ? (int)Math.Clamp(double.IsNaN(value) ? 0 : value, int.MinValue, int.MaxValue)
        : unchecked((int)Arithmetic.ToLong(number));
}
