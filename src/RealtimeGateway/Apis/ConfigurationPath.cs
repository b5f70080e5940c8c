using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>A place in a configuration: member names and list positions from the root.</summary>
public sealed record ConfigurationPath
{
    /// <summary>The whole configuration.</summary>
    public static ConfigurationPath Root { get; } = new() { Parts = [] };

    /// <summary>Names, and positions as decimal numbers, from the root down.</summary>
    public required ImmutableArray<string> Parts { get; init; }

    /// <summary>The member <paramref name="name"/> below this place.</summary>
    public ConfigurationPath this[string name] => new() { Parts = Parts.Add(name) };

    /// <summary>The item <paramref name="index"/> (from 0) below this place.</summary>
    public ConfigurationPath this[int index] => this[index.ToString(System.Globalization.CultureInfo.InvariantCulture)];

    /// <inheritdoc/>
    public bool Equals(ConfigurationPath? other) => other is not null && Parts.SequenceEqual(other.Parts);

    /// <inheritdoc/>
    public override int GetHashCode() => Parts.Aggregate(0, HashCode.Combine);

    /// <summary>The names joined by dots; a name with a dot in it stands in quotes.</summary>
    public override string ToString() =>
        Parts.Length == 0 ? "(the whole file)" : string.Join('.', Parts.Select(part => part.Contains('.') ? $"\"{part}\"" : part));
}
