using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>Everything that one gateway serves.</summary>
public sealed record GatewayConfiguration
{
    /// <summary>Serves nothing.</summary>
    public static GatewayConfiguration Empty { get; } = new();

    /// <summary>The APIs, by unique <see cref="Api.Id"/>.</summary>
    public ImmutableArray<Api> Apis { get; init; } = [];

    /// <summary>The API that <c>/{stage}</c> without an API id means. Default: the only one, if there is only one.</summary>
    public ApiId? DefaultApi { get; init; }
}
