namespace RealtimeGateway.Authorization.Policies;

/// <summary>
/// The actions and resources of <c>execute-api</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html).
/// </summary>
internal static class ExecuteApiResource
{
    /// <summary>Calling a route; for WebSocket APIs <c>$connect</c> alone.</summary>
    public const string Invoke = "execute-api:Invoke";

    /// <summary>Using @connections.</summary>
    public const string ManageConnections = "execute-api:ManageConnections";

    /// <summary>The resource of a route, such as <c>arn:aws:execute-api:eu-west-1:123456789012:a1b2c3d4e5/prod/$connect</c>.</summary>
    public static string OfRoute(string region, string accountId, string apiId, string stage, string routeKey) =>
        $"arn:aws:execute-api:{region}:{accountId}:{apiId}/{stage}/{routeKey}";

    /// <summary>
    /// The resource of a call to @connections. Its end is the literal text <c>{connectionId}</c>, as on AWS: a policy cannot name one
    /// connection, and one that ends in <c>/@connections</c> does not match, while <c>/@connections/*</c> does.
    /// </summary>
    public static string OfConnections(string region, string accountId, string apiId, string stage, string method) =>
        $"arn:aws:execute-api:{region}:{accountId}:{apiId}/{stage}/{method}/@connections/{{connectionId}}";
}
