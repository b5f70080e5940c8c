using RealtimeGateway.Throttling;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>
/// The validators of a node. Authorizers that ask for the same share one, and it goes on through changes of the configuration: its keys are
/// kept, and strangers cannot cause more fetches by it.
/// </summary>
internal sealed class JwtValidators : IDisposable
{
    private readonly SharedWhileUsed<(string Issuer, string Audiences, Uri? JwksUri, TimeSpan ClockSkew), JwtValidator> _validators = new();
    private readonly HttpClient _http;
    private readonly TimeProvider _time;

    /// <summary>Validators that fetch keys with a client of their own.</summary>
    public JwtValidators(TimeProvider time)
        : this(MakeHandler(), time)
    {
    }

    /// <summary>Validators that fetch keys through a given handler, which is disposed of with them.</summary>
    public JwtValidators(HttpMessageHandler handler, TimeProvider time)
    {
        _http = new HttpClient(handler);
        _time = time;
    }

    /// <summary>The validator for such tokens.</summary>
    public JwtValidator Get(JwtOptions options) => _validators.Get(
        (options.Issuer, string.Join('\n', options.Audiences), options.JwksUri, options.ClockSkew), _ => new JwtValidator(options, _http, _time));

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();

    private static SocketsHttpHandler MakeHandler() => new()
    {
        // A redirect would lead to a host that no operator named.
        AllowAutoRedirect = false,
        UseCookies = false,
        ActivityHeadersPropagator = null,
        ConnectTimeout = TimeSpan.FromSeconds(5),
        MaxResponseHeadersLength = 64,
        MaxConnectionsPerServer = 4,
        PooledConnectionLifetime = TimeSpan.FromMinutes(5),
    };
}
