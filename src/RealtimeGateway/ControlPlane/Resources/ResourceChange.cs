namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>What becomes of one resource.</summary>
/// <param name="Key">Which.</param>
/// <param name="After">The resource from now on; <see langword="null"/>: there is none.</param>
internal readonly record struct ResourceChange(ResourceKey Key, Resource? After);
