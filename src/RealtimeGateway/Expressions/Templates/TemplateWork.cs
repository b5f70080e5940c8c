using System.Buffers;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Tells, from the text alone, which templates are sure to be short work. Whoever is in doubt is not.</summary>
internal static class TemplateWork
{
    /// <summary>Bytes that the references of one evaluation may read together: scanned as JSON, about a tenth of a millisecond.</summary>
    private const int MaxReadBytes = 64 * 1024;

    /// <summary>A longer text is not looked through for what it does.</summary>
    private const int MaxTextLength = 8 * 1024;

    // Directives loop, and their variables grow; these methods run regular expressions of the author on text of the client.
    private static readonly SearchValues<string> LongWork =
        SearchValues.Create(["#", "matches", "replace", "split"], StringComparison.OrdinalIgnoreCase);

    /// <summary>The longest body, in bytes, with which an evaluation is sure to be short work; -1: with none.</summary>
    public static int QuickBytes(ReadOnlySpan<char> text) =>
        text.Length > MaxTextLength || text.ContainsAny(LongWork) ? -1 : MaxReadBytes / Math.Max(1, text.Count('$'));
}
