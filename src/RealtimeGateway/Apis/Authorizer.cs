using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>Decides who may connect.</summary>
/// <remarks>https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-lambda-auth.html</remarks>
public sealed record Authorizer
{
    /// <summary>Names the authorizer within its API.</summary>
    public required string Id { get; init; }

    /// <summary>What decides.</summary>
    public required AuthorizerType Type { get; init; }

    /// <summary>For <see cref="AuthorizerType.Request"/>: the function, as in <see cref="Integration.Uri"/>.</summary>
    public string? Uri { get; init; }

    /// <summary>The role that is assumed to call the function; null: the gateway's own credentials.</summary>
    public string? CredentialsArn { get; init; }

    /// <summary>
    /// What the client must send for the authorizer to be asked at all, such as <c>route.request.querystring.token</c>; when one is missing or empty
    /// the answer is 401. For <see cref="AuthorizerType.Jwt"/> the first is where the token is; default: the <c>Authorization</c> header, then the query
    /// parameter <c>access_token</c>, since browsers cannot send headers.
    /// </summary>
    public ImmutableArray<string> IdentitySources { get; init; } = [];

    /// <summary>How long the function may take. Default 29 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromMilliseconds(29_000);

    /// <summary>For <see cref="AuthorizerType.Jwt"/>: the <c>iss</c> that tokens must have; its key set is found by OpenID Connect Discovery.</summary>
    public string? Issuer { get; init; }

    /// <summary>For <see cref="AuthorizerType.Jwt"/>: tokens must be for one of these (<c>aud</c>, or <c>client_id</c> where there is none).</summary>
    public ImmutableArray<string> Audience { get; init; } = [];

    /// <summary>For <see cref="AuthorizerType.Jwt"/>: where the key set is, if the issuer has no discovery document.</summary>
    public string? JwksUri { get; init; }

    /// <summary>For <see cref="AuthorizerType.Jwt"/>: scopes of which a token must have one. Empty: none is needed.</summary>
    public ImmutableArray<string> Scopes { get; init; } = [];

    /// <summary>For <see cref="AuthorizerType.Jwt"/>: how far clocks may be apart. Default one minute.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromMinutes(1);
}
