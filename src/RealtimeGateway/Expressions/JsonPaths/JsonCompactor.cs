using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using System.Text.Unicode;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>
/// Writes a valid JSON text again without blanks, as <c>$input.json</c> does: strings with only the escapes that JSON needs,
/// fractions as Java prints a double. Allocates nothing for strings up to a kilobyte with escapes, and for all without.
/// </summary>
internal static class JsonCompactor
{
    private const int StackBytes = 1024;

    /// <exception cref="JsonException">The text is not JSON, nested deeper than <paramref name="maxDepth"/>, or not UTF-8.</exception>
    public static void Write(ReadOnlySpan<byte> json, int maxDepth, IBufferWriter<byte> output)
    {
        // Utf8JsonReader leaves the encoding of strings unchecked until they are asked for.
        if (!Utf8.IsValid(json))
        {
            throw new JsonException("The text is not UTF-8.");
        }

        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var previous = JsonTokenType.None;

        // What can stay as it is goes out in as long runs as possible; a text without blanks in one.
        var (runStart, runEnd) = (0, 0);
        while (reader.Read())
        {
            var token = reader.TokenType;
            var start = (int)reader.TokenStartIndex;
            var separator = Separator(previous, token);
            previous = token;
            if (start - runEnd != separator.Length)
            {
                output.Write(json[runStart..runEnd]);
                output.Write(separator);
                runStart = start;
            }

            var isText = token is JsonTokenType.String or JsonTokenType.PropertyName;
            runEnd = start + reader.ValueSpan.Length + (isText ? 2 : 0);
            if ((isText && reader.ValueIsEscaped) || (token == JsonTokenType.Number && IsFraction(reader.ValueSpan)))
            {
                output.Write(json[runStart..start]);
                WriteChanged(ref reader, isText, output);
                runStart = runEnd;
            }
        }

        output.Write(json[runStart..runEnd]);
    }

    /// <summary>Writes a text between quotes with the escapes that JSON needs, and no others.</summary>
    public static void WriteString(ReadOnlySpan<byte> utf8, IBufferWriter<byte> output)
    {
        output.Write("\""u8);
        while (!utf8.IsEmpty)
        {
            var plain = IndexOfEscape(utf8);
            output.Write(utf8[..(plain < 0 ? utf8.Length : plain)]);
            if (plain < 0)
            {
                break;
            }

            WriteEscape(utf8[plain], output);
            utf8 = utf8[(plain + 1)..];
        }

        output.Write("\""u8);
    }

    public static void WriteDouble(double value, IBufferWriter<byte> output) =>
        output.Advance(JavaDouble.Format(value, output.GetSpan(JavaDouble.MaxLength)));

    private static ReadOnlySpan<byte> Separator(JsonTokenType previous, JsonTokenType next)
    {
        if (previous == JsonTokenType.PropertyName)
        {
            return ":"u8;
        }

        return previous is JsonTokenType.None or JsonTokenType.StartObject or JsonTokenType.StartArray
            || next is JsonTokenType.EndObject or JsonTokenType.EndArray
                ? ""u8
                : ","u8;
    }

    private static bool IsFraction(ReadOnlySpan<byte> digits) =>
        digits.Length <= JsonValueReader.LongestDouble && digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0;

    private static void WriteChanged(ref Utf8JsonReader reader, bool isText, IBufferWriter<byte> output)
    {
        if (isText)
        {
            WriteUnescaped(ref reader, output);
        }
        else
        {
            _ = Utf8Parser.TryParse(reader.ValueSpan, out double value, out _);
            WriteDouble(value, output);
        }
    }

    private static void WriteUnescaped(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        var length = reader.ValueSpan.Length;
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var buffer = rented ?? stackalloc byte[StackBytes];
        try
        {
            WriteString(buffer[..reader.CopyString(buffer)], output);
        }
        catch (InvalidOperationException e)
        {
            // Half of a surrogate pair, written as an escape, shows only here.
            throw new JsonException(e.Message, e);
        }
        finally
        {
            if (rented is not null)
            {
                ArrayPool<byte>.Shared.Return(rented);
            }
        }
    }

    private static int IndexOfEscape(ReadOnlySpan<byte> utf8)
    {
        var special = utf8.IndexOfAny((byte)'"', (byte)'\\');
        var control = utf8[..(special < 0 ? utf8.Length : special)].IndexOfAnyInRange((byte)0, (byte)0x1F);
        return control >= 0 ? control : special;
    }

    private static void WriteEscape(byte value, IBufferWriter<byte> output)
    {
        switch (value)
        {
            case (byte)'"':
                output.Write("\\\""u8);
                break;
            case (byte)'\\':
                output.Write("\\\\"u8);
                break;
            case (byte)'\b':
                output.Write("\\b"u8);
                break;
            case (byte)'\f':
                output.Write("\\f"u8);
                break;
            case (byte)'\n':
                output.Write("\\n"u8);
                break;
            case (byte)'\r':
                output.Write("\\r"u8);
                break;
            case (byte)'\t':
                output.Write("\\t"u8);
                break;
            default:
                output.Write("\\u00"u8);
                output.Write([ToHex(value >> 4), ToHex(value & 15)]);
                break;
        }
    }

    private static byte ToHex(int value) => (byte)(value < 10 ? '0' + value : 'A' + value - 10);
}
