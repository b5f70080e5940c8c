using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>
/// A way to a private network (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/vpclinks-vpclinkid.html). Kept so that integrations can name it;
/// the gateway reaches private back ends directly.
/// </summary>
internal sealed record VpcLinkResource : Resource, ITagged
{
    public string? CreatedDate { get; init; }

    public required string Name { get; init; }

    public ImmutableArray<string>? SecurityGroupIds { get; init; }

    public ImmutableArray<string>? SubnetIds { get; init; }

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    public required string VpcLinkId { get; init; }

    public string? VpcLinkStatus { get; init; }

    public string? VpcLinkVersion { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => VpcLinkId;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}
