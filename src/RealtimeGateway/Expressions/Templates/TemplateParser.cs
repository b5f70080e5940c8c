namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// Reads text with references and directives, with the white-space rules of Velocity 1.7: what stands before a directive stays, except
/// for blanks between another piece of syntax and <c>#set</c>; a closing parenthesis, <c>#else</c> and <c>#end</c> swallow the rest of
/// their line if it is blank; a <c>##</c> comment takes its line's end with it.
/// </summary>
internal sealed class TemplateParser(Cursor cursor, ParseScope scope)
{
    private readonly DirectiveSyntax _directives = new(cursor, scope);

    /// <summary>Null when the text is wrong; the scope then knows why.</summary>
    public Node? ParseAll()
    {
        _directives.DeclareMacros();
        var block = ParseBlock();
        if (scope.Error is null && !cursor.AtEnd)
        {
            var name = _directives.PeekName();
            scope.Fail(cursor.Absolute, $"#{name} has no #if, #foreach, #define or #macro before it", $"Remove it, or write \\#{name} for the text");
        }

        return scope.Error is null ? block : null;
    }

    /// <summary>Up to <c>#else</c>, <c>#elseif</c>, <c>#end</c> or the end of the text.</summary>
    public Node? ParseBlock()
    {
        var nodes = new List<Node>();
        var text = new PendingText();
        while (!cursor.AtEnd && scope.Error is null)
        {
            var c = cursor.Current;
            if (c == '#' && _directives.AtBlockEnd())
            {
                break;
            }

            var node = c switch
            {
                '#' => ParseHash(text),
                '$' => ParseDollar(text),
                '\\' => ParseBackslash(text),
                _ => TakeText(text),
            };
            if (node is not null)
            {
                Flush(text, nodes);
                nodes.Add(node);
            }
        }

        Flush(text, nodes);
        return scope.Error is not null ? null : nodes.Count == 1 ? nodes[0] : new BlockNode([.. nodes]);
    }

    private static void Flush(PendingText text, List<Node> nodes)
    {
        if (text.Length > 0)
        {
            nodes.Add(new TextNode(text.Take()));
        }

        text.Seal();
    }

    private Node? TakeText(PendingText text)
    {
        var rest = cursor.Text.AsSpan(cursor.Position);
        var end = rest.IndexOfAny('#', '$', '\\');
        var length = end < 0 ? rest.Length : Math.Max(end, 1);
        text.Append(rest[..length]);
        cursor.Position += length;
        return null;
    }

    private Node? ParseHash(PendingText text)
    {
        if (cursor.TryTake("##"))
        {
            SkipLine();
            text.Seal();
            return null;
        }

        if (cursor.TryTake("#*"))
        {
            SkipPast("*#");
            text.Seal();
            return null;
        }

        if (cursor.StartsWith("#[["))
        {
            return TakeUnparsed(text);
        }

        if (_directives.AtSet())
        {
            text.DropTrailingBlanks();
        }

        return _directives.IsDirective() ? new DirectiveParser(cursor, scope, _directives).Parse(ParseBlock) : TakeUnknown(text);
    }

    /// <summary>Velocity prints what looks like a call of an unknown macro as it stands, arguments and all.</summary>
    private Node? TakeUnknown(PendingText text)
    {
        var start = cursor.Position;
        cursor.Position++;
        var name = cursor.TakeIdentifier();
        if (name is "include" or "parse" or "evaluate")
        {
            scope.Fail(cursor.Offset + start, $"#{name} is not available", $"Write the content itself, or \\#{name} for the text");
            return null;
        }

        if (name.Length > 0 && cursor.Current == '(')
        {
            var end = FindClosingParenthesis();
            cursor.Position = end < 0 ? cursor.Position : end + 1;
        }

        text.Append(cursor.Text.AsSpan(start..cursor.Position));
        return null;
    }

    private int FindClosingParenthesis()
    {
        var depth = 0;
        for (var i = cursor.Position; i < cursor.Text.Length && cursor.Text[i] is not ('\n' or '\r'); i++)
        {
            depth += cursor.Text[i] switch { '(' => 1, ')' => -1, _ => 0 };
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }

    private Node? TakeUnparsed(PendingText text)
    {
        var start = cursor.Position + 3;
        var end = cursor.Text.IndexOf("]]#", start, StringComparison.Ordinal);
        if (end < 0)
        {
            scope.Fail(cursor.Absolute, "#[[ is not closed", "Close it with ]]#");
            return null;
        }

        text.Append(cursor.Text.AsSpan(start..end));
        text.Seal();
        cursor.Position = end + 3;
        return null;
    }

    private ReferenceNode? ParseDollar(PendingText text)
    {
        var position = cursor.Absolute;
        var reference = new ReferenceParser(cursor, scope).Parse();
        if (reference is not null)
        {
            return new ReferenceNode(reference, position);
        }

        if (scope.Error is null)
        {
            text.Append("$");
            cursor.Position++;
        }

        return null;
    }

    /// <summary>
    /// Before a reference or a directive two backslashes make one, and a last odd one takes away the meaning of what follows. Elsewhere
    /// a backslash is text.
    /// </summary>
    private EscapedReferenceNode? ParseBackslash(PendingText text)
    {
        var count = 0;
        while (cursor.Current == '\\')
        {
            count++;
            cursor.Position++;
        }

        if (cursor.Current == '$')
        {
            return ParseEscapable(text, count);
        }

        if (cursor.Current != '#' || !_directives.IsDirectiveOrEnd())
        {
            text.Append('\\', count);
            return null;
        }

        text.Append('\\', count / 2);
        if (count % 2 == 1)
        {
            text.Append(_directives.TakeNameText());
            text.Seal();
        }

        return null;
    }

    private EscapedReferenceNode? ParseEscapable(PendingText text, int backslashes)
    {
        var start = cursor.Position;
        var reference = new ReferenceParser(cursor, scope).Parse();
        if (reference is null)
        {
            text.Append('\\', backslashes);
            return null;
        }

        text.Append('\\', backslashes / 2);
        if (backslashes % 2 == 1)
        {
            return new EscapedReferenceNode(reference, cursor.Text[start..cursor.Position], cursor.Offset + start);
        }

        cursor.Position = start;
        return null;
    }

    private void SkipLine()
    {
        var rest = cursor.Text.AsSpan(cursor.Position);
        var end = rest.IndexOfAny('\r', '\n');
        cursor.Position += end < 0 ? rest.Length : end;
        if (!cursor.TryTake("\r\n") && !cursor.AtEnd)
        {
            cursor.Position++;
        }
    }

    private void SkipPast(string token)
    {
        var end = cursor.Text.IndexOf(token, cursor.Position, StringComparison.Ordinal);
        cursor.Position = end < 0 ? cursor.Text.Length : end + token.Length;
    }
}
