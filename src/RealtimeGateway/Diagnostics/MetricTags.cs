using System.Diagnostics;

namespace RealtimeGateway.Diagnostics;

/// <summary>The tags of a stage's measurements, or of one of its routes', made once so that measuring makes none.</summary>
internal sealed class MetricTags
{
    /// <summary>How the API is told.</summary>
    public const string Api = "api";

    /// <summary>How the stage is told.</summary>
    public const string Stage = "stage";

    /// <summary>How the route is told, where detailed metrics are enabled.</summary>
    public const string Route = "route";

    private readonly TagList _list;

    /// <summary>Makes the tags; <paramref name="route"/> is null where routes are not told apart.</summary>
    public MetricTags(string api, string stage, string? route)
    {
        _list = new TagList([new(Api, api), new(Stage, stage)]);
        if (route is not null)
        {
            _list.Add(Route, route);
        }
    }

    /// <summary>The tags.</summary>
    public ref readonly TagList List => ref _list;

    /// <summary>The tags and one more.</summary>
    public TagList With(string name, string value)
    {
        var list = _list;
        list.Add(name, value);
        return list;
    }
}
