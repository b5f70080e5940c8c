namespace RealtimeGateway.Expressions;

/// <summary>
/// Prints values as selection expressions see them: strings without quotes, other scalars as in the JSON text, arrays as
/// <c>[item1, item2]</c>, objects as <c>{a=1, b=x}</c>, which is how Java prints its lists and maps.
/// </summary>
/// <remarks>A name that an object repeats is printed each time.</remarks>
internal static class JsonPrinter
{
    /// <summary>How much longer than its JSON text a value can become: <c>[1,1]</c> gets a space for each comma.</summary>
    public static int MaxLength(JsonSlice slice) => checked(slice.Length * 2);

    /// <summary>Prints one value; a missing one prints nothing. <see langword="false"/> when it does not fit.</summary>
    public static bool TryPrint(ReadOnlySpan<byte> body, JsonSlice slice, bool lenient, Span<byte> destination, out int written)
    {
        var content = body.Slice(slice.Start, slice.Length);
        switch (slice.Kind)
        {
            case JsonSliceKind.Plain:
                written = content.Length;
                return content.TryCopyTo(destination);
            case JsonSliceKind.Escaped:
                return JsonEscapes.TryDecode(content, destination, out written);
            case JsonSliceKind.Container:
                return TryPrintContainer(content, lenient, destination, out written);
            default:
                written = 0;
                return true;
        }
    }

    private static bool TryPrintContainer(ReadOnlySpan<byte> content, bool lenient, Span<byte> destination, out int written)
    {
        var scanner = new JsonScanner(content, lenient);
        var previous = JsonPiece.None;
        written = 0;
        while (scanner.Read())
        {
            var needsComma = previous is not (JsonPiece.None or JsonPiece.Name or JsonPiece.StartObject or JsonPiece.StartArray)
                && scanner.Piece is not (JsonPiece.EndObject or JsonPiece.EndArray);
            if (needsComma)
            {
                if (!", "u8.TryCopyTo(destination[written..]))
                {
                    return false;
                }

                written += 2;
            }

            if (!TryPrintContent(ref scanner, destination[written..], out var size))
            {
                return false;
            }

            written += size;
            if (scanner.Piece == JsonPiece.Name)
            {
                if (written == destination.Length)
                {
                    return false;
                }

                destination[written++] = (byte)'=';
            }

            previous = scanner.Piece;
        }

        return true;
    }

    private static bool TryPrintContent(ref JsonScanner scanner, Span<byte> destination, out int written)
    {
        if (scanner.HasEscapes)
        {
            return JsonEscapes.TryDecode(scanner.Content, destination, out written);
        }

        written = scanner.Length;
        return scanner.Content.TryCopyTo(destination);
    }
}
