namespace RealtimeGateway.Deployments;

/// <summary>How logs and metrics call the calls of <c>@connections</c>: as if they were routes, as on AWS, with the id left out.</summary>
internal static class ConnectionCalls
{
    /// <summary>A push.</summary>
    public const string RouteKeyOfPost = "POST /@connections/{connectionId}";

    /// <summary>A push to many.</summary>
    public const string RouteKeyOfPostToMany = "POST /@connections";

    private const string RouteKeyOfGet = "GET /@connections/{connectionId}";
    private const string RouteKeyOfDelete = "DELETE /@connections/{connectionId}";

    /// <summary>The route key of a call.</summary>
    public static string RouteKey(string method) => method switch
    {
        "POST" => RouteKeyOfPost,
        "DELETE" => RouteKeyOfDelete,
        _ => RouteKeyOfGet,
    };
}
