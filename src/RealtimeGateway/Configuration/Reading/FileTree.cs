using System.Collections.Immutable;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>
/// Reads YAML into nodes that know their places. Bounded against hostile files: levels (64), and what aliases multiply (250,000 nodes).
/// </summary>
internal sealed class FileTree
{
    private const int MaxDepth = 64;
    private const long MaxAliasedNodes = 250_000;

    private readonly Scanner _scanner;
    private readonly Parser _parser;
    private readonly EnvironmentText _environment;
    private readonly MistakeList _mistakes;
    private readonly Dictionary<AnchorName, FileNode?> _anchors = [];
    private long _aliasedNodes;

    private FileTree(string text, EnvironmentText environment, MistakeList mistakes)
    {
        _scanner = new Scanner(new StringReader(text), skipComments: true);
        _parser = new Parser(_scanner);
        _environment = environment;
        _mistakes = mistakes;
    }

    /// <summary>The root of the only document; <see langword="null"/> when there is none or the text is no YAML, which is then told.</summary>
    public static FileNode? Read(string text, EnvironmentText environment, MistakeList mistakes)
    {
        // The scanner takes NUL for the end of the text and would silently drop the rest.
        if (text.AsSpan().IndexOfAnyInRange('\0', '\b') is >= 0 and var control)
        {
            mistakes.Add(Place.Of(text, control), $"a control character (U+{(int)text[control]:X4}) stands here; remove it");
            return null;
        }

        var found = new MistakeList();
        try
        {
            var root = new FileTree(text, environment, found).ReadDocument();
            found.CopyTo(mistakes);
            return root;
        }
        catch (YamlException exception)
        {
            // Whatever was found before may be a consequence, so a syntax error is told alone.
            var (place, message) = SyntaxMistake.Of(exception, text);
            mistakes.Add(place, message);
            return null;
        }
    }

    private FileNode? ReadDocument()
    {
        Next<StreamStart>();
        if (_parser.Current is StreamEnd)
        {
            return null;
        }

        Next<DocumentStart>();
        var root = ReadNode(depth: 1);
        Next<DocumentEnd>();
        return _parser.Current is DocumentStart second
            ? throw new FileRefusedException(second.Start, "a second document starts here ('---'); one file holds one document")
            : root;
    }

    private FileNode ReadNode(int depth)
    {
        var current = _parser.Current ?? throw new FileRefusedException(Mark.Empty, "the file ends unexpectedly");
        if (depth > MaxDepth)
        {
            throw new FileRefusedException(current.Start, $"more than {MaxDepth} levels; a configuration needs far fewer");
        }

        if (current is AnchorAlias alias)
        {
            Move();
            return Resolve(alias, depth);
        }

        var node = (NodeEvent)current;
        if (!node.Anchor.IsEmpty)
        {
            // Known but not finished: an alias to it from inside is a circle.
            _anchors[node.Anchor] = null;
        }

        CheckTag(node);
        FileNode read = node switch
        {
            Scalar => ReadText(),
            SequenceStart => ReadList(depth),
            _ => ReadMap(depth),
        };
        if (!node.Anchor.IsEmpty)
        {
            _anchors[node.Anchor] = read;
        }

        return read;
    }

    private FileNode Resolve(AnchorAlias alias, int depth)
    {
        if (!_anchors.TryGetValue(alias.Value, out var node))
        {
            throw new FileRefusedException(alias.Start, $"'*{Printable.Of(alias.Value.Value)}' refers to an anchor that is not above; write '&{Printable.Of(alias.Value.Value)}' before the node that is meant");
        }

        if (node is null)
        {
            throw new FileRefusedException(alias.Start, $"'*{Printable.Of(alias.Value.Value)}' refers to itself");
        }

        _aliasedNodes += node.Weight;
        return _aliasedNodes > MaxAliasedNodes
            ? throw new FileRefusedException(alias.Start, $"aliases multiply to more than {MaxAliasedNodes:N0} nodes; refused")
            : depth + node.Height > MaxDepth + 1
            ? throw new FileRefusedException(alias.Start, $"more than {MaxDepth} levels through aliases; a configuration needs far fewer")
            : node;
    }

    private void CheckTag(NodeEvent node)
    {
        if (!node.Tag.IsEmpty && node.Tag is { IsNonSpecific: false } && node.Tag.Value != "tag:yaml.org,2002:str")
        {
            _mistakes.Add(Place.Of(node.Start), $"the tag '{Printable.Of(node.Tag.Value)}' means nothing here; remove it");
        }
    }

    private TextNode ReadText()
    {
        var scalar = (Scalar)_parser.Current!;
        Move();
        var place = Place.Of(scalar.Start);
        return new(place, _environment.Fill(scalar.Value, place, _mistakes), scalar.Value, scalar.Style == ScalarStyle.Plain && scalar.Tag.IsEmpty);
    }

    private ListNode ReadList(int depth)
    {
        var start = _parser.Current!.Start;
        Move();
        var items = ImmutableArray.CreateBuilder<FileNode>();
        while (_parser.Current is not SequenceEnd)
        {
            items.Add(ReadNode(depth + 1));
        }

        Move();
        return new(Place.Of(start), items.ToImmutable());
    }

    private MapNode ReadMap(int depth)
    {
        var start = Place.Of(_parser.Current!.Start);
        Move();
        var entries = new MapEntries(_mistakes);
        while (_parser.Current is not MappingEnd)
        {
            var isMerge = _parser.Current is Scalar { Value: "<<", Style: ScalarStyle.Plain };
            var key = ReadNode(depth + 1);
            entries.Add(key, ReadNode(depth + 1), isMerge);
        }

        Move();
        return new(start, entries.Merge());
    }

    private void Move()
    {
        try
        {
            _parser.MoveNext();
        }
        catch (Exception exception) when (exception is not YamlException)
        {
            // The parser trips over some broken texts in its own code; for the writer of the file that is a syntax error like others.
            throw new FileRefusedException(_scanner.CurrentPosition, "the YAML cannot be read on from here; before this a closing bracket, a comma, a quote or a line break is missing or too many");
        }
    }

    private void Next<T>() where T : ParsingEvent
    {
        if (_parser.Current is null)
        {
            Move();
        }

        if (_parser.Current is not T)
        {
            throw new FileRefusedException(_parser.Current?.Start ?? Mark.Empty, "the file ends unexpectedly");
        }

        Move();
    }
}
