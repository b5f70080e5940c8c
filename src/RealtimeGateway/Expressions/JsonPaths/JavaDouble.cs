using System.Buffers.Text;
using System.Globalization;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// Prints a double as <c>java.lang.Double.toString</c> does: <c>1.0</c>, <c>1.0E10</c>, <c>1.0E-4</c>.
/// Source: https://docs.oracle.com/en/java/javase/17/docs/api/java.base/java/lang/Double.html#toString(double)
/// </summary>
internal static class JavaDouble
{
    public const int MaxLength = 32;

    /// <summary>Writes to a span of at least <see cref="MaxLength"/> bytes and returns the length.</summary>
    public static int Format(double value, Span<byte> destination)
    {
        if (!double.IsFinite(value))
        {
            var word = double.IsNaN(value) ? "NaN"u8 : value > 0 ? "Infinity"u8 : "-Infinity"u8;
            word.CopyTo(destination);
            return word.Length;
        }

        var length = 0;
        if (double.IsNegative(value))
        {
            destination[length++] = (byte)'-';
            value = -value;
        }

        Span<byte> digits = stackalloc byte[MaxLength];
        var (count, exponent) = Split(value, digits);
        return value == 0 || value is >= 1e-3 and < 1e7
            ? length + Plain(digits[..count], exponent, destination[length..])
            : length + Scientific(digits[..count], exponent, destination[length..]);
    }

    /// <summary>The shortest digits that read back as the value, and the exponent of the first one.</summary>
    private static (int Count, int Exponent) Split(double value, Span<byte> digits)
    {
        Span<byte> shortest = stackalloc byte[MaxLength];
        value.TryFormat(shortest, out var length, "E16", CultureInfo.InvariantCulture);
        // "R" has the digits, in a plain or a scientific form; "E16" says where the point is.
        var mark = shortest[..length].IndexOf((byte)'E');
        _ = Utf8Parser.TryParse(shortest[(mark + 1)..length].TrimStart((byte)'+'), out int exponent, out _);
        value.TryFormat(shortest, out length, "R", CultureInfo.InvariantCulture);
        var count = 0;
        foreach (var c in shortest[..length])
        {
            if (c == (byte)'E')
            {
                break;
            }

            if (char.IsAsciiDigit((char)c) && (count > 0 || c != (byte)'0'))
            {
                digits[count++] = c;
            }
        }

        while (count > 1 && digits[count - 1] == (byte)'0')
        {
            count--;
        }

        if (count == 0)
        {
            digits[count++] = (byte)'0';
        }

        return (count, value == 0 ? 0 : exponent);
    }

    private static int Plain(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        var length = 0;
        if (exponent < 0)
        {
            destination[length++] = (byte)'0';
            destination[length++] = (byte)'.';
            for (var zeros = -1; zeros > exponent; zeros--)
            {
                destination[length++] = (byte)'0';
            }

            digits.CopyTo(destination[length..]);
            return length + digits.Length;
        }

        for (var i = 0; i <= exponent; i++)
        {
            destination[length++] = i < digits.Length ? digits[i] : (byte)'0';
        }

        destination[length++] = (byte)'.';
        if (digits.Length <= exponent + 1)
        {
            destination[length++] = (byte)'0';
            return length;
        }

        digits[(exponent + 1)..].CopyTo(destination[length..]);
        return length + digits.Length - exponent - 1;
    }

    private static int Scientific(ReadOnlySpan<byte> digits, int exponent, Span<byte> destination)
    {
        var length = Plain(digits, 0, destination);
        destination[length++] = (byte)'E';
        Utf8Formatter.TryFormat(exponent, destination[length..], out var written);
        return length + written;
    }
}
