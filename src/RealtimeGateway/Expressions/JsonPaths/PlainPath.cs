using System.Text;
using System.Text.Json;

namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>A path of names and positions only, such as <c>$.order.lines[0].id</c>. It finds its value in the bytes, without building objects.</summary>
internal sealed class PlainPath
{
    private readonly (byte[]? Name, int Index)[] _steps;

    public PlainPath(IEnumerable<(string? Name, int Index)> steps)
    {
        _steps = [.. steps.Select(step => (step.Name is null ? null : Encoding.UTF8.GetBytes(step.Name), step.Index))];
    }

    /// <summary>Finds the value. The whole text is checked to be JSON, as of equal names the last counts.</summary>
    /// <exception cref="JsonException">The text is not JSON, or nested deeper than <paramref name="maxDepth"/>.</exception>
    public bool TryLocate(ReadOnlySpan<byte> json, int maxDepth, out JsonSlice slice)
    {
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = maxDepth });
        reader.Read();
        slice = default;
        var found = _steps.Length == 0;
        if (found)
        {
            slice = Take(ref reader);
        }
        else
        {
            // The first step reads to the end of the text and so checks it; further ones start again where it found something.
            var value = reader;
            found = TryEnter(ref reader, _steps[0], ref value, ref slice);
            for (var i = 1; i < _steps.Length && found; i++)
            {
                var inner = value;
                found = TryEnter(ref inner, _steps[i], ref value, ref slice);
            }
        }

        reader.Read();
        return found;
    }

    /// <summary>Reads over a list or map, or any other value, and notes where what was asked for begins and lies.</summary>
    private static bool TryEnter(ref Utf8JsonReader reader, (byte[]? Name, int Index) step, ref Utf8JsonReader value, ref JsonSlice slice)
    {
        var (name, index) = step;
        if (name is not null && reader.TokenType == JsonTokenType.StartObject)
        {
            return TryEnterMap(ref reader, name, ref value, ref slice);
        }

        if (name is null && reader.TokenType == JsonTokenType.StartArray)
        {
            return TryEnterList(ref reader, index, ref value, ref slice);
        }

        reader.Skip();
        return false;
    }

    private static bool TryEnterMap(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ref Utf8JsonReader value, ref JsonSlice slice)
    {
        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var matches = reader.ValueTextEquals(name);
            reader.Read();
            if (matches)
            {
                value = reader;
                slice = Take(ref reader);
                found = true;
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static bool TryEnterList(ref Utf8JsonReader reader, int index, ref Utf8JsonReader value, ref JsonSlice slice)
    {
        var found = false;
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0)
            {
                value = reader;
                slice = Take(ref reader);
                found = true;
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static JsonSlice Take(ref Utf8JsonReader reader)
    {
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return new JsonSlice(start, (int)reader.BytesConsumed - start);
    }
}
