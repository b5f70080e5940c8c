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
        var value = reader;
        var found = true;
        for (var i = 0; i < _steps.Length && found; i++)
        {
            var inner = value;
            var (name, index) = _steps[i];
            found = name is null ? TryEnterList(ref inner, index, ref value) : TryEnterMap(ref inner, name, ref value);
        }

        reader.Skip();
        reader.Read();
        if (!found)
        {
            slice = default;
            return false;
        }

        var start = (int)value.TokenStartIndex;
        value.Skip();
        slice = new JsonSlice(start, (int)value.BytesConsumed - start);
        return true;
    }

    private static bool TryEnterMap(ref Utf8JsonReader reader, ReadOnlySpan<byte> name, ref Utf8JsonReader value)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            return false;
        }

        var found = false;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var matches = reader.ValueTextEquals(name);
            reader.Read();
            if (matches)
            {
                value = reader;
                found = true;
            }

            reader.Skip();
        }

        return found;
    }

    private static bool TryEnterList(ref Utf8JsonReader reader, int index, ref Utf8JsonReader value)
    {
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            return false;
        }

        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (index-- == 0)
            {
                value = reader;
                return true;
            }

            reader.Skip();
        }

        return false;
    }
}
