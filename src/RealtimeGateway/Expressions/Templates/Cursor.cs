namespace RealtimeGateway.Expressions.Templates;

/// <summary>A place in a text. <see cref="Offset"/> is where that text starts in the template, for texts inside quotes.</summary>
internal sealed class Cursor(string text, int offset = 0)
{
    public string Text => text;

    public int Offset => offset;

    public int Position { get; set; }

    /// <summary>The place in the whole template.</summary>
    public int Absolute => offset + Position;

    public bool AtEnd => Position >= text.Length;

    public char Current => Position < text.Length ? text[Position] : '\0';

    public char Peek(int distance) => Position + distance < text.Length ? text[Position + distance] : '\0';

    public bool StartsWith(string token) => string.CompareOrdinal(text, Position, token, 0, token.Length) == 0;

    public bool TryTake(string token)
    {
        if (!StartsWith(token))
        {
            return false;
        }

        Position += token.Length;
        return true;
    }

    public void SkipWhitespace()
    {
        while (Current is ' ' or '\t' or '\n' or '\r')
        {
            Position++;
        }
    }

    public void SkipBlanks()
    {
        while (Current is ' ' or '\t')
        {
            Position++;
        }
    }

    /// <summary>A directive swallows the rest of its line when that is blank, and leaves it alone otherwise.</summary>
    public void SkipBlankLineRest()
    {
        var start = Position;
        SkipBlanks();
        if (!TryTake("\r\n") && !TryTake("\n") && !TryTake("\r"))
        {
            Position = start;
        }
    }

    /// <summary>A letter or underscore, then letters, digits, underscores and hyphens. Empty when there is none.</summary>
    public string TakeIdentifier()
    {
        var start = Position;
        if (IsIdentifierStart(Current))
        {
            Position++;
            while (IsIdentifierPart(Current))
            {
                Position++;
            }
        }

        return text[start..Position];
    }

    public static bool IsIdentifierStart(char c) => char.IsAsciiLetter(c) || c == '_';

    public static bool IsIdentifierPart(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '-';
}
