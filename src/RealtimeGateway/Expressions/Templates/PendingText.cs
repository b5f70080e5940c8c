using System.Text;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Text that was read and is not yet a node.</summary>
internal sealed class PendingText
{
    private readonly StringBuilder _text = new();
    private int _sealed;

    public int Length => _text.Length;

    public void Append(ReadOnlySpan<char> text) => _text.Append(text);

    public void Append(char c, int count) => _text.Append(c, count);

    /// <summary>Marks that something other than text was read here.</summary>
    public void Seal() => _sealed = _text.Length;

    /// <summary>
    /// Takes away blanks that are all the text since the last mark. Velocity's lexer reads them as a part of <c>#set</c>, unless text
    /// before them has claimed them already.
    /// </summary>
    public void DropTrailingBlanks()
    {
        var start = _text.Length;
        while (start > _sealed && _text[start - 1] is ' ' or '\t')
        {
            start--;
        }

        if (start == _sealed)
        {
            _text.Length = start;
        }
    }

    public string Take()
    {
        var text = _text.ToString();
        _text.Clear();
        _sealed = 0;
        return text;
    }
}
