using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>One call of an operation, read and matched.</summary>
internal sealed class ControlPlaneCall
{
    /// <summary>The variable segments of the path, by name, decoded.</summary>
    public required IReadOnlyDictionary<string, string> Path { get; init; }

    /// <summary>The query.</summary>
    public IReadOnlyDictionary<string, StringValues> Query { get; init; } = ImmutableDictionary<string, StringValues>.Empty;

    /// <summary>The JSON object of the body; empty when there was none. Do not change it: a call may be decided more than once.</summary>
    public JsonObject Body { get; init; } = [];

    /// <summary>The region that the caller signed for; stands in ARNs.</summary>
    public required string Region { get; init; }

    /// <summary>When the call came.</summary>
    public required DateTimeOffset Time { get; init; }

    /// <summary>The account and the addresses that answers name.</summary>
    public required ControlPlaneNames Names { get; init; }

    /// <summary><see cref="Time"/> as apigatewayv2 writes times.</summary>
    public string Iso8601 => Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>A variable of the path.</summary>
    public string this[string name] => Path[name];
}
