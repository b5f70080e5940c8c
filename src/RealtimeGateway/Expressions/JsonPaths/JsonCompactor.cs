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

    public static void Write(ReadOnlySpan<byte> json, int maxDepth, IBufferWriter<byte> output)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        var comma = false;
        while (reader.Read())
        {
            var token = reader.TokenType;
            if (comma && token is not (JsonTokenType.EndObject or JsonTokenType.EndArray))
            {
                output.Write(","u8);
            }

            WriteToken(ref reader, token, output);
            comma = token is not (JsonTokenType.StartObject or JsonTokenType.StartArray or JsonTokenType.PropertyName);
        }
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

    private static void WriteToken(ref Utf8JsonReader reader, JsonTokenType token, IBufferWriter<byte> output)
    {
        switch (token)
        {
            case JsonTokenType.PropertyName:
                WriteText(ref reader, output);
                output.Write(":"u8);
                break;
            case JsonTokenType.String:
                WriteText(ref reader, output);
                break;
            case JsonTokenType.Number:
                WriteNumber(reader.ValueSpan, output);
                break;
            default:
                output.Write(reader.ValueSpan);
                break;
        }
    }

    private static void WriteText(ref Utf8JsonReader reader, IBufferWriter<byte> output)
    {
        if (!reader.ValueIsEscaped)
        {
            // Utf8JsonReader leaves the encoding of strings unchecked until they are asked for.
            if (!Utf8.IsValid(reader.ValueSpan))
            {
                throw new JsonException("A string is not UTF-8.");
            }

            output.Write("\""u8);
            output.Write(reader.ValueSpan);
            output.Write("\""u8);
            return;
        }

        var length = reader.ValueSpan.Length;
        var rented = length > StackBytes ? ArrayPool<byte>.Shared.Rent(length) : null;
        var buffer = rented ?? stackalloc byte[StackBytes];
        try
        {
            WriteString(buffer[..reader.CopyString(buffer)], output);
        }
        catch (InvalidOperationException e)
        {
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

    private static void WriteNumber(ReadOnlySpan<byte> digits, IBufferWriter<byte> output)
    {
        if (digits.Length <= JsonValueReader.LongestDouble
            && digits.IndexOfAny((byte)'.', (byte)'e', (byte)'E') >= 0
            && Utf8Parser.TryParse(digits, out double value, out _))
        {
            WriteDouble(value, output);
            return;
        }

        output.Write(digits);
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
