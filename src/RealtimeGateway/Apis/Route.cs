using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>What happens to the messages with one route key.</summary>
/// <remarks>https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html</remarks>
public sealed record Route
{
    /// <summary>The key of the route that runs before a connection opens.</summary>
    public const string Connect = "$connect";

    /// <summary>The key of the route that runs after a connection ended.</summary>
    public const string Disconnect = "$disconnect";

    /// <summary>The key of the route for messages that no other route takes.</summary>
    public const string Default = "$default";

    /// <summary><c>$connect</c>, <c>$disconnect</c>, <c>$default</c>, or the value that the route-selection expression yields; 1 to 128 characters.</summary>
    public required string RouteKey { get; init; }

    /// <summary>
    /// The <see cref="Integration.Id"/> that is called. <see langword="null"/>: nothing is called; connections open and messages are taken in silence.
    /// </summary>
    public string? Target { get; init; }

    /// <summary>
    /// Whether the integration's answer goes back to the client, as with a <c>$default</c> route response on Amazon API Gateway. Default: one-way.
    /// </summary>
    public bool HasRouteResponse { get; init; }

    /// <summary>How many messages of one connection may be under way at once. Default: parallel, as on Amazon API Gateway, but bounded.</summary>
    public RouteConcurrency Concurrency { get; init; } = RouteConcurrency.Parallel(RouteConcurrency.DefaultBound);

    /// <summary>Who may connect. Only on <c>$connect</c>. Default: anyone.</summary>
    public AuthorizationType AuthorizationType { get; init; }

    /// <summary>The <see cref="Authorizer.Id"/>, for <see cref="AuthorizationType.Custom"/> and <see cref="AuthorizationType.Jwt"/>.</summary>
    public string? AuthorizerId { get; init; }

    /// <summary>Whether the client needs an API key. Only on <c>$connect</c>. Default: no.</summary>
    public bool ApiKeyRequired { get; init; }

    /// <summary>Which of the <see cref="RequestModels"/> a message must fit. Default: <c>$default</c>.</summary>
    public string? ModelSelectionExpression { get; init; }

    /// <summary>Names of models by the key that <see cref="ModelSelectionExpression"/> yields, or <c>$default</c>. Empty: nothing is validated.</summary>
    public ImmutableSortedDictionary<string, string> RequestModels { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>
    /// Handshake parameters that the route uses, such as <c>route.request.querystring.room</c>, and whether each must be there. Only on <c>$connect</c>.
    /// </summary>
    public ImmutableSortedDictionary<string, bool> RequestParameters { get; init; } = ImmutableSortedDictionary<string, bool>.Empty;
}
