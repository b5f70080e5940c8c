using System.Collections.Immutable;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>A node of the file: aliases and merge keys are resolved, so one node may stand at several places of the configuration.</summary>
internal abstract class FileNode(Place place)
{
    /// <summary>Where the node is written.</summary>
    public Place Place { get; } = place;

    /// <summary>How the node is called when it stands where something else was expected.</summary>
    public abstract string Noun { get; }

    /// <summary>How many nodes it is with all below, aliases counted each time.</summary>
    public abstract long Weight { get; }

    /// <summary>How many levels it has, itself counted.</summary>
    public abstract int Height { get; }
}

/// <summary>Text, a number, <c>true</c>: what it is depends on who reads it.</summary>
internal sealed class TextNode(Place place, string value, string written, bool isPlain) : FileNode(place)
{
    /// <summary>The text with the environment filled in.</summary>
    public string Value { get; } = value;

    /// <summary>The text as it stands in the file, shortened and safe to print: values from the environment may be secrets.</summary>
    public string Written { get; } = Printable.Of(written);

    /// <summary>Whether it is YAML's null: nothing at all, <c>~</c> or <c>null</c>.</summary>
    public bool IsNull { get; } = isPlain && (written is "" or "~" or "null" or "Null" or "NULL");

    public override string Noun => IsNull ? "nothing" : $"'{Written}'";

    public override long Weight => 1;

    public override int Height => 1;
}

/// <summary>Items in order.</summary>
internal sealed class ListNode(Place place, ImmutableArray<FileNode> items) : FileNode(place)
{
    public ImmutableArray<FileNode> Items { get; } = items;

    public override string Noun => "a list";

    public override long Weight { get; } = 1 + items.Sum(item => item.Weight);

    public override int Height { get; } = 1 + items.Select(item => item.Height).DefaultIfEmpty().Max();
}

/// <summary>One name and its value.</summary>
internal readonly record struct MapEntry(TextNode Key, FileNode Value)
{
    /// <summary>
    /// Where a reader looks for the value: at a block's name, since the block itself starts a line further down.
    /// </summary>
    public Place Place => Value is TextNode { IsNull: false } ? Value.Place : Key.Place;
}

/// <summary>Names with values; each name once.</summary>
internal sealed class MapNode(Place place, ImmutableArray<MapEntry> entries) : FileNode(place)
{
    public ImmutableArray<MapEntry> Entries { get; } = entries;

    public override string Noun => "a mapping";

    public override long Weight { get; } = 1 + entries.Sum(entry => 1 + entry.Value.Weight);

    public override int Height { get; } = 1 + entries.Select(entry => entry.Value.Height).DefaultIfEmpty().Max();
}
