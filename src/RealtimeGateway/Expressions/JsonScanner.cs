using System.Buffers;

namespace RealtimeGateway.Expressions;

/// <summary>
/// Walks a JSON text forwards, piece by piece, without allocating, recursing or throwing; time is linear in the text.
/// </summary>
/// <remarks>
/// Strict scanning accepts exactly what RFC 8259 allows, to a depth of <see cref="MaxDepth"/>. A text that is not JSON is an everyday message
/// for a gateway, hence no <see cref="System.Text.Json.Utf8JsonReader"/>, which reports it by an exception (some 20 µs that any
/// client could cause at will).
/// <para>
/// Lenient scanning also takes what AWS has been seen to route, and its nearest kin: unquoted names and values, single quotes,
/// needless commas, control characters in strings, unknown escapes. An unquoted value ends at a comma, closing bracket or line end. Comments and text after the value stay errors, and the
/// outermost value must be an object or an array, as otherwise every chat line would be JSON.
/// </para>
/// </remarks>
internal ref struct JsonScanner(ReadOnlySpan<byte> text, bool lenient)
{
    /// <summary>Containers within containers; as many as one word has bits.</summary>
    public const int MaxDepth = 64;

    private static readonly SearchValues<byte> StrictStringStops = SearchValues.Create(
        [.. "\"\\"u8, .. Enumerable.Range(0, 0x20).Select(static value => (byte)value)]);

    private static readonly SearchValues<byte> LenientNameStops = SearchValues.Create(":,{}[]\"\r\n"u8);

    private readonly ReadOnlySpan<byte> _text = text;
    private readonly bool _lenient = lenient;

    // One bit a level, set for objects; the lowest bit is the innermost container.
    private ulong _objects;
    private int _depth;
    private Next _next;

    private enum Next : byte
    {
        Value,
        FirstName,
        LaterName,
        FirstElement,
        LaterElement,
        CommaOrEnd,
        Nothing,
    }

    /// <summary>The kind of the last piece.</summary>
    public JsonPiece Piece { get; private set; }

    /// <summary>Where the piece's content starts: behind the quote of a string, at the bracket of a container.</summary>
    public int Start { get; private set; }

    /// <summary>The content's length in bytes, without quotes.</summary>
    public int Length { get; private set; }

    /// <summary>Whether the name or string contains a backslash.</summary>
    public bool HasEscapes { get; private set; }

    /// <summary>Behind the last piece.</summary>
    public int Position { get; private set; }

    /// <summary>Whether the text turned out not to be JSON.</summary>
    public bool Failed { get; private set; }

    /// <summary>The content of the last piece.</summary>
    public readonly ReadOnlySpan<byte> Content => _text.Slice(Start, Length);

    /// <summary>Goes to the next piece. <see langword="false"/> at the end of the text, and when it is not JSON: see <see cref="Failed"/>.</summary>
    public bool Read()
    {
        while (!Failed)
        {
            SkipWhitespace();
            if (Position >= _text.Length)
            {
                return _next == Next.Nothing ? false : Fail();
            }

            var head = _text[Position];
            switch (_next)
            {
                case Next.Value:
                    return ReadValue(head);

                case Next.FirstName or Next.LaterName when head == '}' && (_lenient || _next == Next.FirstName):
                case Next.FirstElement or Next.LaterElement when head == ']' && (_lenient || _next == Next.FirstElement):
                    return Close(head);

                case Next.FirstName or Next.LaterName or Next.FirstElement or Next.LaterElement when head == ',' && _lenient:
                    Position++;
                    continue;

                case Next.FirstName or Next.LaterName:
                    return ReadName(head);

                case Next.FirstElement or Next.LaterElement:
                    return ReadValue(head);

                case Next.CommaOrEnd when head == ',':
                    Position++;
                    _next = IsInObject ? Next.LaterName : Next.LaterElement;
                    continue;

                case Next.CommaOrEnd when head == (IsInObject ? '}' : ']'):
                    return Close(head);

                default:
                    return Fail();
            }
        }

        return false;
    }

    private readonly bool IsInObject => (_objects & 1) != 0;

    private bool ReadValue(byte head)
    {
        switch (head)
        {
            case (byte)'{':
                return Open(JsonPiece.StartObject, Next.FirstName);
            case (byte)'[':
                return Open(JsonPiece.StartArray, Next.FirstElement);
            case (byte)'"' when !_lenient || _depth > 0:
            case (byte)'\'' when _lenient && _depth > 0:
                return ReadString(head, JsonPiece.Quoted) && EndValue();
            default:
                return (_lenient ? ReadLenientBare() : ReadStrictBare(head)) && EndValue();
        }
    }

    private bool ReadName(byte head)
    {
        var isRead = head == '"' || (head == '\'' && _lenient) ? ReadString(head, JsonPiece.Name) : _lenient ? ReadLenientName() : Fail();
        if (!isRead)
        {
            return false;
        }

        SkipWhitespace();
        if (Position >= _text.Length || _text[Position] != ':')
        {
            return Fail();
        }

        Position++;
        _next = Next.Value;
        return true;
    }

    private bool Open(JsonPiece piece, Next next)
    {
        if (_depth == MaxDepth)
        {
            return Fail();
        }

        _depth++;
        _objects = (_objects << 1) | (piece == JsonPiece.StartObject ? 1UL : 0UL);
        Take(piece, Position, 1, Position + 1);
        _next = next;
        return true;
    }

    private bool Close(byte head)
    {
        Take(head == '}' ? JsonPiece.EndObject : JsonPiece.EndArray, Position, 1, Position + 1);
        _objects >>= 1;
        _depth--;
        return EndValue();
    }

    private bool EndValue()
    {
        _next = _depth == 0 ? Next.Nothing : Next.CommaOrEnd;
        return true;
    }

    private bool ReadString(byte quote, JsonPiece piece)
    {
        var start = Position + 1;
        var position = start;
        var hasEscapes = false;
        while (true)
        {
            var rest = _text[position..];
            var stop = _lenient ? rest.IndexOfAny(quote, (byte)'\\') : rest.IndexOfAny(StrictStringStops);
            if (stop < 0)
            {
                return Fail();
            }

            position += stop;
            if (_text[position] == quote)
            {
                Take(piece, start, position - start, position + 1);
                HasEscapes = hasEscapes;
                return true;
            }

            var escape = _text[position] == '\\' ? EscapeLength(_text[position..]) : 0;
            if (escape == 0)
            {
                return Fail();
            }

            hasEscapes = true;
            position += escape;
        }
    }

    // 0 when it is not an escape of RFC 8259 §7.
    private readonly int EscapeLength(ReadOnlySpan<byte> escape)
    {
        if (escape.Length < 2)
        {
            return 0;
        }

        switch (escape[1])
        {
            case (byte)'u':
                return escape.Length >= 6
                    && char.IsAsciiHexDigit((char)escape[2]) && char.IsAsciiHexDigit((char)escape[3])
                    && char.IsAsciiHexDigit((char)escape[4]) && char.IsAsciiHexDigit((char)escape[5])
                    ? 6
                    : 0;
            case (byte)'"' or (byte)'\\' or (byte)'/' or (byte)'b' or (byte)'f' or (byte)'n' or (byte)'r' or (byte)'t':
                return 2;
            default:
                return _lenient ? 2 : 0;
        }
    }

    private bool ReadLenientName()
    {
        var rest = _text[Position..];
        var stop = rest.IndexOfAny(LenientNameStops);
        if (stop <= 0 || rest[stop] != ':')
        {
            return Fail();
        }

        Take(JsonPiece.Name, Position, rest[..stop].TrimEnd(" \t"u8).Length, Position + stop);
        return true;
    }

    private bool ReadLenientBare()
    {
        var rest = _text[Position..];
        var stop = rest.IndexOfAny(",}]\r\n"u8);
        if (stop <= 0 || _depth == 0)
        {
            return Fail();
        }

        Take(JsonPiece.Bare, Position, rest[..stop].TrimEnd(" \t"u8).Length, Position + stop);
        return true;
    }

    private bool ReadStrictBare(byte head)
    {
        var rest = _text[Position..];
        var length = head switch
        {
            (byte)'t' => rest.StartsWith("true"u8) ? 4 : 0,
            (byte)'f' => rest.StartsWith("false"u8) ? 5 : 0,
            (byte)'n' => rest.StartsWith("null"u8) ? 4 : 0,
            _ => NumberLength(rest),
        };
        if (length == 0)
        {
            return Fail();
        }

        Take(JsonPiece.Bare, Position, length, Position + length);
        return true;
    }

    // RFC 8259 §6: [ minus ] int [ frac ] [ exp ]; 0 when there is none.
    private static int NumberLength(ReadOnlySpan<byte> text)
    {
        var position = text[0] == '-' ? 1 : 0;
        var digits = DigitCount(text[position..]);
        if (digits == 0 || (digits > 1 && text[position] == '0'))
        {
            return 0;
        }

        position += digits;
        if (position < text.Length && text[position] == '.')
        {
            digits = DigitCount(text[(position + 1)..]);
            if (digits == 0)
            {
                return 0;
            }

            position += 1 + digits;
        }

        if (position < text.Length && (text[position] | 0x20) == 'e')
        {
            position++;
            if (position < text.Length && text[position] is (byte)'+' or (byte)'-')
            {
                position++;
            }

            digits = DigitCount(text[position..]);
            return digits == 0 ? 0 : position + digits;
        }

        return position;
    }

    private static int DigitCount(ReadOnlySpan<byte> text)
    {
        var end = text.IndexOfAnyExceptInRange((byte)'0', (byte)'9');
        return end < 0 ? text.Length : end;
    }

    private void SkipWhitespace()
    {
        while (Position < _text.Length && _text[Position] is (byte)' ' or (byte)'\n' or (byte)'\r' or (byte)'\t')
        {
            Position++;
        }
    }

    private void Take(JsonPiece piece, int start, int length, int position)
    {
        Piece = piece;
        Start = start;
        Length = length;
        HasEscapes = false;
        Position = position;
    }

    private bool Fail()
    {
        Failed = true;
        Piece = JsonPiece.None;
        return false;
    }
}
