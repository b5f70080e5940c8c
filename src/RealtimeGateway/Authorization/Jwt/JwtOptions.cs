namespace RealtimeGateway.Authorization.Jwt;

/// <summary>What a JWT authorizer asks of a token (https://docs.aws.amazon.com/apigateway/latest/developerguide/http-api-jwt-authorizer.html).</summary>
internal sealed record JwtOptions
{
    /// <summary>What asymmetric algorithms there are (RFC 7518 §3.1).</summary>
    public static IReadOnlyList<string> AsymmetricAlgorithms { get; } =
        ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512"];

    /// <summary>The exact <c>iss</c>, also where <c>/.well-known/openid-configuration</c> is found.</summary>
    public required string Issuer { get; init; }

    /// <summary>The audiences of which one must be in <c>aud</c>, or, in a token without <c>aud</c>, in <c>client_id</c>. Not empty.</summary>
    public required IReadOnlyList<string> Audiences { get; init; }

    /// <summary>Where the key set is; <see langword="null"/>, the default, asks the issuer's openid-configuration.</summary>
    public Uri? JwksUri { get; init; }

    /// <summary>The algorithms that this issuer signs with; default RS256, RS384 and RS512, as on AWS. Only asymmetric ones are taken.</summary>
    public IReadOnlyList<string> Algorithms { get; init; } = ["RS256", "RS384", "RS512"];

    /// <summary>How far the issuer's clock may be from ours; default 60 s, 0 to 300 s. Counts for <c>exp</c>, <c>nbf</c> and <c>iat</c>.</summary>
    public TimeSpan ClockSkew { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long a key set is used without asking again; default 10 minutes.</summary>
    public TimeSpan KeySetLifetime { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>The least time between two attempts to fetch the key set, for whatever reason; default 30 s, that is two a minute.</summary>
    public TimeSpan FetchInterval { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>How long a key set is used while it cannot be fetched; default 24 hours. A key that the issuer withdrew dies by then.</summary>
    public TimeSpan MaxKeySetAge { get; init; } = TimeSpan.FromHours(24);

    /// <summary>The time for one fetch, both documents together; default 5 s.</summary>
    public TimeSpan FetchTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The largest document that is taken; default 256 KB.</summary>
    public int MaxDocumentBytes { get; init; } = 256 * 1024;

    /// <summary>Throws for settings that would check nothing.</summary>
    public void Validate()
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(Issuer);
        if (Audiences.Count == 0 || Audiences.Any(string.IsNullOrEmpty))
        {
            throw new ArgumentException("A JWT authorizer needs an audience.", nameof(Audiences));
        }

        if (Algorithms.Count == 0 || Algorithms.Except(AsymmetricAlgorithms, StringComparer.Ordinal).Any())
        {
            throw new ArgumentException("Algorithms must be of RS, PS and ES.", nameof(Algorithms));
        }

        if (JwksUri is null && !Uri.TryCreate(Issuer, UriKind.Absolute, out _))
        {
            throw new ArgumentException("An issuer that is no URL needs the URL of its key set.", nameof(Issuer));
        }

        ArgumentOutOfRangeException.ThrowIfLessThan(ClockSkew, TimeSpan.Zero);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(ClockSkew, TimeSpan.FromMinutes(5));
        ArgumentOutOfRangeException.ThrowIfLessThanOrEqual(FetchTimeout, TimeSpan.Zero);
    }
}
