namespace RealtimeGateway.Server.Connect;

/// <summary>Turns keys into lines: arrows, Home and End, the keys of Emacs and readline, history.</summary>
/// <param name="terminal">Shows the line.</param>
/// <param name="history">The lines before.</param>
/// <param name="readKey">Waits for a key.</param>
/// <param name="isPasting">Whether another key waits already, as only pasted text has it.</param>
internal sealed class LineEditor(Terminal terminal, LineHistory history, Func<ConsoleKeyInfo> readKey, Func<bool> isPasting)
{
    private readonly LineBuffer _line = new();

    /// <summary>Reads a line; <see langword="null"/> when the user wants to leave (Ctrl+D or Ctrl+C on an empty line).</summary>
    public string? Read()
    {
        terminal.Show(_line);
        while (true)
        {
            var key = readKey();
            if (key.Key == ConsoleKey.Enter || key.KeyChar is '\r' or '\n')
            {
                // A pasted document of many lines is one message.
                if (isPasting() && JsonView.IsUnfinished(_line.Text))
                {
                    _line.Insert("\n");
                    continue;
                }

                return Take();
            }

            if (key is { Modifiers: ConsoleModifiers.Control, Key: ConsoleKey.D or ConsoleKey.C } && _line.Text.Length == 0)
            {
                return null;
            }

            Edit(key);
            if (!isPasting())
            {
                terminal.Show(_line);
            }
        }
    }

    private string Take()
    {
        terminal.Enter();
        var text = _line.Text;
        history.Add(text);
        _line.Set("");
        return text;
    }

    private void Edit(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.LeftArrow, Modifiers: ConsoleModifiers.Control or ConsoleModifiers.Alt } or { Key: ConsoleKey.B, Modifiers: ConsoleModifiers.Alt }:
                _line.MoveWordLeft();
                break;
            case { Key: ConsoleKey.RightArrow, Modifiers: ConsoleModifiers.Control or ConsoleModifiers.Alt } or { Key: ConsoleKey.F, Modifiers: ConsoleModifiers.Alt }:
                _line.MoveWordRight();
                break;
            case { Key: ConsoleKey.LeftArrow } or { Key: ConsoleKey.B, Modifiers: ConsoleModifiers.Control }:
                _line.MoveLeft();
                break;
            case { Key: ConsoleKey.RightArrow } or { Key: ConsoleKey.F, Modifiers: ConsoleModifiers.Control }:
                _line.MoveRight();
                break;
            case { Key: ConsoleKey.Home } or { Key: ConsoleKey.A, Modifiers: ConsoleModifiers.Control }:
                _line.MoveHome();
                break;
            case { Key: ConsoleKey.End } or { Key: ConsoleKey.E, Modifiers: ConsoleModifiers.Control }:
                _line.MoveEnd();
                break;
            case { Key: ConsoleKey.UpArrow } or { Key: ConsoleKey.P, Modifiers: ConsoleModifiers.Control }:
                Recall(history.Previous(_line.Text));
                break;
            case { Key: ConsoleKey.DownArrow } or { Key: ConsoleKey.N, Modifiers: ConsoleModifiers.Control }:
                Recall(history.Next());
                break;
            default:
                Change(key);
                break;
        }
    }

    private void Change(ConsoleKeyInfo key)
    {
        switch (key)
        {
            case { Key: ConsoleKey.Backspace, Modifiers: ConsoleModifiers.Control or ConsoleModifiers.Alt } or { Key: ConsoleKey.W, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteWord();
                break;
            case { Key: ConsoleKey.Backspace } or { Key: ConsoleKey.H, Modifiers: ConsoleModifiers.Control } or { KeyChar: '\u007f' }:
                _line.Backspace();
                break;
            case { Key: ConsoleKey.Delete } or { Key: ConsoleKey.D, Modifiers: ConsoleModifiers.Control }:
                _line.Delete();
                break;
            case { Key: ConsoleKey.U, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteToStart();
                break;
            case { Key: ConsoleKey.K, Modifiers: ConsoleModifiers.Control }:
                _line.DeleteToEnd();
                break;
            case { Key: ConsoleKey.C, Modifiers: ConsoleModifiers.Control } or { Key: ConsoleKey.Escape }:
                _line.Set("");
                break;
            case { KeyChar: >= ' ' or '\t' }:
                _line.Insert(key.KeyChar.ToString());
                break;
            default:
                break;
        }
    }

    private void Recall(string? text)
    {
        if (text is not null)
        {
            _line.Set(text);
        }
    }
}
