using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.FrontDoor;

/// <summary>
/// Goes through the elements of a header that is a list, from the last of its last line to the first of its first: what the nearest proxy added comes
/// first. Commas in quotes separate nothing; empty elements are none (RFC 9110 §5.6.1).
/// </summary>
internal ref struct RightToLeft(StringValues lines)
{
    private readonly StringValues _lines = lines;
    private int _line = lines.Count;
    private ReadOnlySpan<char> _rest;

    /// <summary>The element that <see cref="MoveNext"/> came to, without white space around it.</summary>
    public ReadOnlySpan<char> Current { get; private set; }

    /// <summary>Goes on to the next element to the left.</summary>
    public bool MoveNext()
    {
        while (true)
        {
            while (_rest.IsEmpty)
            {
                if (_line == 0)
                {
                    return false;
                }

                _rest = _lines[--_line];
            }

            var comma = LastComma(_rest);
            Current = _rest[(comma + 1)..].Trim(" \t");
            _rest = comma < 0 ? default : _rest[..comma];
            if (!Current.IsEmpty)
            {
                return true;
            }
        }
    }

    // From the right, since a quote that somebody left open further left must not reach into what came after it.
    private static int LastComma(ReadOnlySpan<char> text)
    {
        var isQuoted = false;
        for (var i = text.Length - 1; i >= 0; i--)
        {
            if (text[i] == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (text[i] == ',' && !isQuoted)
            {
                return i;
            }
        }

        return -1;
    }
}
