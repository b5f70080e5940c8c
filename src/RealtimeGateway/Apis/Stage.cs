using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>A name under which an API is served, with the settings that hold there.</summary>
public sealed record Stage
{
    /// <summary>1 to 128 letters, digits, hyphens and underscores.</summary>
    public required string Name { get; init; }

    /// <summary>Values for <c>${stageVariables.name}</c>; also sent to Lambda functions.</summary>
    public ImmutableSortedDictionary<string, string> Variables { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// Whether binary messages are taken and sent. Default: no, as on Amazon API Gateway; a binary frame then closes the connection with 1003.
    /// </summary>
    public bool AllowBinary { get; init; }

    /// <summary>The settings of every route that has none of its own.</summary>
    public RouteSettings DefaultRouteSettings { get; init; } = new();

    /// <summary>Settings by route key; what is not set there is taken from <see cref="DefaultRouteSettings"/>.</summary>
    public ImmutableSortedDictionary<string, RouteSettings> RouteSettings { get; init; } = ImmutableSortedDictionary<string, RouteSettings>.Empty;

    /// <summary>One line for each event; null: none.</summary>
    public AccessLogSettings? AccessLog { get; init; }

    /// <summary>The bounds of each connection.</summary>
    public StageLimits Limits { get; init; } = new();
}
