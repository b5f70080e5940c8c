using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>One operation of AWS's API.</summary>
/// <param name="Name">AWS's name for it, for example <c>CreateRoute</c>; also the IAM action's basis and what errors name.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Pattern">The path, with variable segments as <c>{name}</c>.</param>
/// <param name="Decide">What it comes to; pure. Null: the gateway does not have it, and says so.</param>
internal sealed record Operation(string Name, string Method, string Pattern, Func<ControlPlaneState, ControlPlaneCall, Decision>? Decide)
{
    /// <summary>What the query must hold besides, as <c>name=value</c>, where one method and path mean several operations; null: nothing.</summary>
    public string? QueryMarker { get; init; }

    /// <summary>The segments of <see cref="Pattern"/>.</summary>
    public ImmutableArray<string> Segments { get; } = [.. Pattern.TrimStart('/').Split('/')];
}
