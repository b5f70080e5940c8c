using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Events;

/// <summary>What events and integrations tell of the stage they belong to.</summary>
/// <param name="ApiId">The API.</param>
/// <param name="Name">The stage.</param>
/// <param name="Variables">The stage's variables.</param>
/// <param name="AccountId">The account in ARNs: 12 digits.</param>
/// <param name="Region">The region in ARNs.</param>
internal sealed record StageIdentity(
    ApiId ApiId, string Name, ImmutableSortedDictionary<string, string> Variables, string AccountId, string Region)
{
    /// <summary>The ARN of one route, as Lambda sees its caller and policies name it.</summary>
    public string RouteArn(string routeKey) => $"arn:aws:execute-api:{Region}:{AccountId}:{ApiId}/{Name}/{routeKey}";
}
