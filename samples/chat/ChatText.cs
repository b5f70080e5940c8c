using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Samples.Chat;

/// <summary>What people may type, and how it is brought into shape. Each method answers null for what is refused.</summary>
internal static class ChatText
{
    /// <summary>Longest message, in UTF-16 units. Even when JSON escapes every one of them the frame stays far under 32 KB.</summary>
    public const int MaxMessageLength = 2_000;

    public const int MaxNameLength = 24;

    public const int MaxRoomLength = 24;

    private const int MaxIdLength = 64;

    public static string? Message(string? text)
    {
        var clean = Printable(text, keepLines: true)?.Trim();
        return clean is { Length: > 0 and <= MaxMessageLength } ? clean : null;
    }

    public static string? Name(string? name)
    {
        var clean = Printable(name, keepLines: false);
        clean = clean is null ? null : string.Join(' ', clean.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        return clean is { Length: > 0 and <= MaxNameLength } ? clean : null;
    }

    public static string? Room(string? room)
    {
        var clean = room?.Trim().ToLowerInvariant();
        return clean is { Length: > 0 and <= MaxRoomLength } && clean.All(c => char.IsLetterOrDigit(c) || c is '-' or '_') ? clean : null;
    }

    public static string? MessageId(string? id) => id is { Length: > 0 and <= MaxIdLength } ? id : null;

    /// <summary>
    /// The public id of whoever holds this key. Clients keep their key to themselves, so nobody can speak with another's id, and
    /// connection ids stay between gateway and back end.
    /// </summary>
    public static string? MemberId(string? key) => key is { Length: >= 16 and <= 128 }
        ? Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(key)).AsSpan(0, 8))
        : null;

    // Control characters and bidirectional overrides can make one person's text look like another's.
    private static string? Printable(string? text, bool keepLines)
    {
        if (text is null || text.Length > 2 * MaxMessageLength)
        {
            return null;
        }

        var clean = new StringBuilder(text.Length);
        foreach (var c in text)
        {
            if (c is '\n' or '\t')
            {
                clean.Append(keepLines ? c : ' ');
            }
            else if (CharUnicodeInfo.GetUnicodeCategory(c) != UnicodeCategory.Control && c is not ((>= '\u202A' and <= '\u202E') or (>= '\u2066' and <= '\u2069')))
            {
                clean.Append(c);
            }
        }

        return clean.ToString();
    }
}
