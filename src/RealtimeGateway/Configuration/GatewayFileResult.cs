using System.Collections.Immutable;
using System.Globalization;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Reading;

namespace RealtimeGateway.Configuration;

/// <summary>What reading a configuration file gave: a configuration, or every mistake in it.</summary>
internal sealed class GatewayFileResult
{
    private readonly string _fileName;
    private readonly FileNode? _root;

    internal GatewayFileResult(string fileName, FileNode? root, GatewayConfiguration? configuration, ImmutableArray<FileError> errors)
    {
        _fileName = fileName;
        _root = root;
        Configuration = configuration;
        Errors = errors;
    }

    /// <summary>What the file says; <see langword="null"/> exactly when there are <see cref="Errors"/>.</summary>
    public GatewayConfiguration? Configuration { get; }

    /// <summary>Every mistake of form, in the order of the file.</summary>
    public ImmutableArray<FileError> Errors { get; }

    /// <summary>
    /// The errors that only the sense of the configuration shows, with the places of what they speak of, or of its nearest parent in the file. In the order of the file.
    /// </summary>
    public ImmutableArray<FileError> Locate(ImmutableArray<ConfigurationError> errors) =>
    [
        .. errors.Select(error => Locate(error)).Distinct().OrderBy(error => error.Line).ThenBy(error => error.Column),
    ];

    private FileError Locate(ConfigurationError error)
    {
        var place = Find(error.Path);
        return new(_fileName, place.Line, place.Column, Printable.Escape($"{error.Path}: {error.Message}"));
    }

    private Place Find(ConfigurationPath path)
    {
        var node = _root;
        var place = _root?.Place ?? Place.Start;
        foreach (var part in path.Parts)
        {
            switch (node)
            {
                case MapNode map when map.Entries.FirstOrDefault(entry => entry.Key.Value == part) is { Key: not null } entry:
                    (node, place) = (entry.Value, entry.Place);
                    break;
                case ListNode list when int.TryParse(part, NumberStyles.None, CultureInfo.InvariantCulture, out var index) && index < list.Items.Length:
                    (node, place) = (list.Items[index], list.Items[index].Place);
                    break;
                default:
                    return place;
            }
        }

        return place;
    }
}
