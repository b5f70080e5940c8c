using System.Collections.Immutable;

namespace RealtimeGateway.Configuration.Reading;

/// <summary>The mistakes found so far. A mistake in text that aliases repeat is told once.</summary>
internal sealed class MistakeList
{
    private readonly HashSet<(Place Place, string Message)> _mistakes = [];

    public bool IsEmpty => _mistakes.Count == 0;

    public void Add(Place place, string message) => _mistakes.Add((place, message));

    public void CopyTo(MistakeList other) => other._mistakes.UnionWith(_mistakes);

    /// <summary>All mistakes in the order of the file.</summary>
    public ImmutableArray<FileError> ToErrors(string fileName) =>
    [
        .. _mistakes.OrderBy(mistake => mistake.Place.Line).ThenBy(mistake => mistake.Place.Column)
            .Select(mistake => new FileError(fileName, mistake.Place.Line, mistake.Place.Column, mistake.Message)),
    ];
}
