using System.Text.Unicode;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Checks text that arrives in portions (RFC 3629, RFC 6455 §8.1), at the first byte that can no longer become UTF-8.</summary>
/// <remarks>Needs no decoder state: the text received so far is one span, so a character cut in two is looked at again, whole.</remarks>
internal static class IncrementalUtf8
{
    /// <summary>Advances <paramref name="validated"/> over the whole characters in <paramref name="text"/>.</summary>
    /// <param name="text">Everything received so far.</param>
    /// <param name="validated">How much of it was found valid before; afterwards short of the end by an unfinished character of up to 3 bytes.</param>
    /// <returns><see langword="false"/> when no continuation can make the text valid.</returns>
    public static bool TryAdvance(ReadOnlySpan<byte> text, ref int validated)
    {
        var rest = text[validated..];
        var unfinished = UnfinishedLength(rest);
        var whole = rest.Length - unfinished;
        if (!Utf8.IsValid(rest[..whole]) || !CanBegin(rest[whole..]))
        {
            return false;
        }

        validated += whole;
        return true;
    }

    // How many bytes at the end belong to a character whose lead byte promises more than has arrived.
    private static int UnfinishedLength(ReadOnlySpan<byte> text)
    {
        for (var back = 1; back <= 3 && back <= text.Length; back++)
        {
            var value = text[^back];
            if ((value & 0xC0) != 0x80)
            {
                var promised = value switch { < 0xC0 => 1, < 0xE0 => 2, < 0xF0 => 3, _ => 4 };
                return promised > back ? back : 0;
            }
        }

        return 0;
    }

    // Table 3-7 of the Unicode Standard: overlong forms, surrogates and values over U+10FFFF show in the second byte.
    private static bool CanBegin(ReadOnlySpan<byte> character)
    {
        if (character.IsEmpty)
        {
            return true;
        }

        var lead = character[0];
        if (lead is < 0xC2 or > 0xF4)
        {
            return false;
        }

        if (character.Length == 1)
        {
            return true;
        }

        // What follows the second byte is a continuation byte already: that is how the lead was found.
        return lead switch
        {
            0xE0 => character[1] >= 0xA0,
            0xED => character[1] <= 0x9F,
            0xF0 => character[1] >= 0x90,
            0xF4 => character[1] <= 0x8F,
            _ => true,
        };
    }
}
