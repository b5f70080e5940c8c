namespace RealtimeGateway.Expressions;

/// <summary>The characters that could end a header, a request line or a log line early.</summary>
internal static class ControlCharacters
{
    /// <summary>Whether any C0 control but tab, or DEL, is in the text (RFC 9110 §5.5).</summary>
    public static bool AreIn(ReadOnlySpan<char> text)
    {
        var rest = text;
        while (true)
        {
            var tabOrWorse = rest.IndexOfAnyInRange('\0', '\x1F');
            if (tabOrWorse < 0)
            {
                return text.Contains('\x7F');
            }

            if (rest[tabOrWorse] != '\t')
            {
                return true;
            }

            rest = rest[(tabOrWorse + 1)..];
        }
    }
}
