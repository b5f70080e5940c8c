using RealtimeGateway.Apis;

namespace RealtimeGateway.Deployments;

/// <summary>What a route key may be (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-routes.html).</summary>
internal static class RouteKeyRules
{
    /// <summary>The longest key in characters.</summary>
    public const int MaxLength = 128;

    /// <summary>The longest key in bytes of UTF-8.</summary>
    public const int MaxBytes = MaxLength * 3;

    /// <summary>Why a key is refused; null when it is fine.</summary>
    public static string? Check(string key) => key switch
    {
        "" => "a route key must not be empty",
        { Length: > MaxLength } => $"a route key has at most {MaxLength} characters, this one has {key.Length}",
        Route.Connect or Route.Disconnect or Route.Default => null,
        ['$', ..] => $"'{key}' is no route: only $connect, $disconnect and $default begin with '$'",
        _ => null,
    };
}
