using System.Globalization;
using System.Text;

namespace RealtimeGateway.Server.Connect;

/// <summary>A line that is being edited. The cursor stands between what a reader takes for characters, never inside one.</summary>
internal sealed class LineBuffer
{
    private readonly StringBuilder _text = new();

    /// <summary>The line.</summary>
    public string Text => _text.ToString();

    /// <summary>Where the cursor is, in UTF-16 units from the start.</summary>
    public int Cursor { get; private set; }

    /// <summary>Replaces the line; the cursor goes to its end.</summary>
    public void Set(string text)
    {
        _text.Clear().Append(text);
        Cursor = _text.Length;
    }

    /// <summary>Puts text in at the cursor.</summary>
    public void Insert(string text)
    {
        _text.Insert(Cursor, text);
        Cursor += text.Length;
    }

    /// <summary>Removes the character before the cursor.</summary>
    public void Backspace() => Remove(Left(), Cursor);

    /// <summary>Removes the character after the cursor.</summary>
    public void Delete() => Remove(Cursor, Right());

    /// <summary>Removes back to the start of the word.</summary>
    public void DeleteWord() => Remove(WordLeft(), Cursor);

    /// <summary>Removes all before the cursor.</summary>
    public void DeleteToStart() => Remove(0, Cursor);

    /// <summary>Removes all after the cursor.</summary>
    public void DeleteToEnd() => Remove(Cursor, _text.Length);

    /// <summary>Moves the cursor by a character.</summary>
    public void MoveLeft() => Cursor = Left();

    /// <inheritdoc cref="MoveLeft"/>
    public void MoveRight() => Cursor = Right();

    /// <summary>Moves the cursor to the start of the word.</summary>
    public void MoveWordLeft() => Cursor = WordLeft();

    /// <summary>Moves the cursor behind the word.</summary>
    public void MoveWordRight()
    {
        while (Cursor < _text.Length && !char.IsLetterOrDigit(_text[Cursor]))
        {
            Cursor++;
        }

        while (Cursor < _text.Length && char.IsLetterOrDigit(_text[Cursor]))
        {
            Cursor++;
        }
    }

    /// <summary>Moves the cursor to the start.</summary>
    public void MoveHome() => Cursor = 0;

    /// <summary>Moves the cursor to the end.</summary>
    public void MoveEnd() => Cursor = _text.Length;

    private void Remove(int start, int end)
    {
        _text.Remove(start, end - start);
        Cursor = start;
    }

    private int Left()
    {
        var text = Text;
        var last = 0;
        for (var i = 0; i < Cursor; i += StringInfo.GetNextTextElementLength(text, i))
        {
            last = i;
        }

        return last;
    }

    private int Right() => Cursor == _text.Length ? Cursor : Cursor + StringInfo.GetNextTextElementLength(Text, Cursor);

    private int WordLeft()
    {
        var start = Cursor;
        while (start > 0 && !char.IsLetterOrDigit(_text[start - 1]))
        {
            start--;
        }

        while (start > 0 && char.IsLetterOrDigit(_text[start - 1]))
        {
            start--;
        }

        return start;
    }
}
