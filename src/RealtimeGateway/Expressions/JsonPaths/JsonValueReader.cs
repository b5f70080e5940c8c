using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using System.Text.Json;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// Reads JSON into the values that API Gateway's templates see. Its JSON library (json-smart behind Jayway JsonPath) gives ordered
/// maps, and Integer, Long, BigInteger or Double by the form of the number.
/// </summary>
internal static class JsonValueReader
{
    // A fraction with more characters than this does not fit a double.
    internal const int LongestDouble = 18;

    /// <exception cref="JsonException">The text is not JSON, or nested deeper than <paramref name="maxDepth"/>.</exception>
    public static object? Read(ReadOnlySpan<byte> json, int maxDepth) =>
        TryRead(json, maxDepth, int.MaxValue, out var value) ? value : null;

    /// <summary>False, with nothing to use, when there are more values than allowed.</summary>
    /// <exception cref="JsonException">The text is not JSON, or nested deeper than <paramref name="maxDepth"/>.</exception>
    public static bool TryRead(ReadOnlySpan<byte> json, int maxDepth, int maxValues, out object? value)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        value = ReadValue(ref reader, ref maxValues);
        if (maxValues < 0)
        {
            return false;
        }

        reader.Read();
        return true;
    }

    private static object? ReadValue(ref Utf8JsonReader reader, ref int budget) => reader.TokenType switch
    {
        _ when --budget < 0 => null,
        JsonTokenType.StartObject => ReadMap(ref reader, ref budget),
        JsonTokenType.StartArray => ReadList(ref reader, ref budget),
        JsonTokenType.String => ReadString(ref reader),
        JsonTokenType.Number => ReadNumber(reader.ValueSpan),
        JsonTokenType.True => true,
        JsonTokenType.False => false,
        _ => null,
    };

    private static JavaMap ReadMap(ref Utf8JsonReader reader, ref int budget)
    {
        var map = new JavaMap();
        while (budget >= 0 && reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = ReadString(ref reader);
            reader.Read();
            map[name] = ReadValue(ref reader, ref budget);
        }

        return map;
    }

    private static JavaList ReadList(ref Utf8JsonReader reader, ref int budget)
    {
        var list = new JavaList(isJson: true);
        while (budget >= 0 && reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            list.Add(ReadValue(ref reader, ref budget));
        }

        return list;
    }

    private static string ReadString(ref Utf8JsonReader reader)
    {
        try
        {
            return reader.GetString()!;
        }
        catch (InvalidOperationException e)
        {
            // An escaped half of a surrogate pair, or bytes that are not UTF-8, show only here.
            throw new JsonException(e.Message, e);
        }
    }

    /// <summary>The smallest of Integer and Long that holds the number.</summary>
    internal static object Shrink(long number)
    {
        if (number is >= int.MinValue and <= int.MaxValue)
        {
            return (int)number;
        }

        return number;
    }

    private static object ReadNumber(ReadOnlySpan<byte> digits)
    {
        if (digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') < 0)
        {
            if (Utf8Parser.TryParse(digits, out long number, out var used) && used == digits.Length)
            {
                return Shrink(number);
            }

            // The base conversion is quadratic; what is absurdly long is kept as text.
            return digits.Length <= 1000
                ? BigInteger.Parse(Encoding.ASCII.GetString(digits), CultureInfo.InvariantCulture)
                : new BigNumber(Encoding.ASCII.GetString(digits));
        }

        if (digits.Length <= LongestDouble && Utf8Parser.TryParse(digits, out double value, out _))
        {
            return value;
        }

        return new BigNumber(Encoding.ASCII.GetString(digits));
    }
}
