using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>A WebSocket API as its author writes it. Immutable: a change makes a new record.</summary>
public sealed record Api
{
    /// <summary>Names the API in hosts and paths.</summary>
    public required ApiId Id { get; init; }

    /// <summary>A name for people. Default: the id.</summary>
    public string Name { get => field ?? Id.ToString(); init; }

    /// <summary>
    /// Which part of a message names its route, for example <c>$request.body.action</c> (the default).
    /// See https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html.
    /// </summary>
    public string RouteSelectionExpression { get; init; } = "$request.body.action";

    /// <summary>
    /// Whether a body that is not strict JSON is read leniently (unquoted names and the like) to find its route, as Amazon API Gateway does.
    /// Default <see langword="true"/>. The body itself is passed on unchanged either way.
    /// </summary>
    public bool LenientJson { get; init; } = true;

    /// <summary>
    /// The origins (scheme, host, port) that browsers may connect from; compared exactly. Empty, the default: any, as on Amazon API Gateway.
    /// </summary>
    public ImmutableArray<string> AllowedOrigins { get; init; } = [];

    /// <summary>
    /// Where a client's API key is: <c>$request.header.x-api-key</c> (the default) or <c>$context.authorizer.usageIdentifierKey</c>.
    /// </summary>
    public string ApiKeySelectionExpression { get; init; } = "$request.header.x-api-key";

    /// <summary>Whether messages are taken without being checked against their models. Default no.</summary>
    public bool DisableSchemaValidation { get; init; }

    /// <summary>Whether the API is reached by <see cref="GatewayConfiguration.Domains"/> only. Default no.</summary>
    public bool DisableDefaultEndpoint { get; init; }

    /// <summary>What decides who may connect.</summary>
    public ImmutableArray<Authorizer> Authorizers { get; init; } = [];

    /// <summary>What messages must look like.</summary>
    public ImmutableArray<Model> Models { get; init; } = [];

    /// <summary>The routes, by unique <see cref="Route.RouteKey"/>.</summary>
    public ImmutableArray<Route> Routes { get; init; } = [];

    /// <summary>The back ends that routes can name.</summary>
    public ImmutableArray<Integration> Integrations { get; init; } = [];

    /// <summary>Under which names, and with which settings, the API is served.</summary>
    public ImmutableArray<Stage> Stages { get; init; } = [];
}
