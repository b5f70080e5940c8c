using System.Collections.Immutable;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>
/// Collects the entries of one mapping. Merge keys (<c>&lt;&lt;</c>, https://yaml.org/type/merge.html) lend what the mapping does not say itself;
/// of several, earlier ones win.
/// </summary>
internal sealed class MapEntries(MistakeList mistakes)
{
    private readonly ImmutableArray<MapEntry>.Builder _entries = ImmutableArray.CreateBuilder<MapEntry>();
    private readonly Dictionary<string, Place> _names = new(StringComparer.Ordinal);
    private readonly List<MapNode> _lenders = [];

    public void Add(FileNode key, FileNode value, bool isMerge)
    {
        if (isMerge)
        {
            AddLenders(key.Place, value);
        }
        else if (key is not TextNode name)
        {
            mistakes.Add(key.Place, $"{key.Noun} cannot be a name; write text before the ':'");
        }
        else if (_names.TryAdd(name.Value, name.Place))
        {
            _entries.Add(new(name, value));
        }
        else
        {
            mistakes.Add(name.Place, $"'{name.Written}' is written twice, first in line {_names[name.Value].Line}; remove or rename one of them");
        }
    }

    public ImmutableArray<MapEntry> Merge()
    {
        foreach (var entry in _lenders.SelectMany(lender => lender.Entries))
        {
            if (_names.TryAdd(entry.Key.Value, entry.Key.Place))
            {
                _entries.Add(entry);
            }
        }

        return _entries.ToImmutable();
    }

    private void AddLenders(Place place, FileNode value)
    {
        foreach (var lender in value is ListNode list ? list.Items : [value])
        {
            if (lender is MapNode map)
            {
                _lenders.Add(map);
            }
            else
            {
                mistakes.Add(place, $"'<<' merges mappings, but found {lender.Noun}; write '<<: *anchor' with the anchor of a mapping");
            }
        }
    }
}
