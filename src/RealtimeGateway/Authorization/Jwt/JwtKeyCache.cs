using System.Text.Json;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>
/// Holds an issuer's keys and fetches them when they are old or lack one, at most once per <see cref="JwtOptions.FetchInterval"/>, whatever
/// tokens come. Safe for any number of threads: all that wait, wait for the same fetch.
/// </summary>
internal sealed class JwtKeyCache
{
    private readonly Lock _lock = new();
    private readonly HttpClient _http;
    private readonly JwtOptions _options;
    private readonly TimeProvider _time;
    private volatile Held? _held;
    private Task? _fetch;
    private long? _lastAttempt;

    /// <summary>Makes a cache.</summary>
    /// <param name="http">Whose handler decides which addresses may be reached and whether redirects are followed (they should not).</param>
    /// <param name="options">What to fetch and how often.</param>
    /// <param name="time">The clock.</param>
    public JwtKeyCache(HttpClient http, JwtOptions options, TimeProvider time)
    {
        _http = http;
        _options = options;
        _time = time;
    }

    /// <summary>The keys as they are at hand, fetched if need be and allowed; <see langword="null"/> when there are none to trust.</summary>
    /// <param name="isEnough">Whether keys at hand serve; when not, they are fetched once more, if the interval allows it.</param>
    /// <param name="state">Passed to <paramref name="isEnough"/>.</param>
    /// <param name="cancellationToken">Ends the wait, never the fetch, which others wait for, too.</param>
    public ValueTask<JwtKeys?> GetAsync<TState>(Func<JwtKeys, TState, bool> isEnough, TState state, CancellationToken cancellationToken)
    {
        var held = _held;
        return held is not null && AgeOf(held) < _options.KeySetLifetime && isEnough(held.Keys, state)
            ? new ValueTask<JwtKeys?>(held.Keys)
            : FetchThenGetAsync(held is not null && isEnough(held.Keys, state), cancellationToken);
    }

    private async ValueTask<JwtKeys?> FetchThenGetAsync(bool canServeOld, CancellationToken cancellationToken)
    {
        var held = _held;
        canServeOld = canServeOld && held is not null && AgeOf(held) < _options.MaxKeySetAge;
        // Old keys serve while new ones come, so that a slow issuer delays nobody.
        if (StartFetch() is { } fetch && !canServeOld)
        {
            await fetch.WaitAsync(cancellationToken);
        }

        // Also without a fetch of ours: another's may have ended since the first look.
        held = _held;
        return held is not null && AgeOf(held) < _options.MaxKeySetAge ? held.Keys : null;
    }

    private TimeSpan AgeOf(Held held) => _time.GetElapsedTime(held.FetchedAt);

    /// <summary>The fetch that is under way or starts now; <see langword="null"/> when it is too early for one.</summary>
    private Task? StartFetch()
    {
        lock (_lock)
        {
            if (_fetch is { IsCompleted: false })
            {
                return _fetch;
            }

            if (_lastAttempt is { } last && _time.GetElapsedTime(last) < _options.FetchInterval)
            {
                return null;
            }

            _lastAttempt = _time.GetTimestamp();
            return _fetch = FetchAsync();
        }
    }

    /// <summary>Never throws: a fetch that fails leaves what is held.</summary>
    private async Task FetchAsync()
    {
        // Off the caller's lock and stack before anything can block or complete at once.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        using var timeout = new CancellationTokenSource(_options.FetchTimeout, _time);
        try
        {
            var uri = _options.JwksUri ?? await DiscoverAsync(timeout.Token);
            if (uri is not null && await DownloadAsync(uri, timeout.Token) is { } json && JwtKeys.TryParse(json, out var keys))
            {
                _held = new Held(keys, _time.GetTimestamp());
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or OperationCanceledException)
        {
            // The issuer is away; the interval decides when it is asked again.
        }
    }

    /// <summary>The <c>jwks_uri</c> of OpenID Connect Discovery 1.0 §4. A document of another issuer, or a step down to http, is refused.</summary>
    private async Task<Uri?> DiscoverAsync(CancellationToken cancellationToken)
    {
        var issuer = new Uri(_options.Issuer, UriKind.Absolute);
        var json = await DownloadAsync(new Uri(_options.Issuer.TrimEnd('/') + "/.well-known/openid-configuration"), cancellationToken);
        if (json is null)
        {
            return null;
        }

        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            var isIssuers = root.ValueKind == JsonValueKind.Object && root.TryGetProperty("issuer", out var name)
                && name.ValueKind == JsonValueKind.String && name.ValueEquals(_options.Issuer);
            return isIssuers && root.TryGetProperty("jwks_uri", out var text) && text.ValueKind == JsonValueKind.String
                && Uri.TryCreate(text.GetString(), UriKind.Absolute, out var uri)
                && (uri.Scheme == Uri.UriSchemeHttps || (uri.Scheme == Uri.UriSchemeHttp && issuer.Scheme == Uri.UriSchemeHttp))
                ? uri
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private async Task<byte[]?> DownloadAsync(Uri uri, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, uri);
        request.Headers.Accept.ParseAdd("application/json");
        using var response = await _http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, cancellationToken);
        if (!response.IsSuccessStatusCode || response.Content.Headers.ContentLength > _options.MaxDocumentBytes)
        {
            return null;
        }

        await using var stream = await response.Content.ReadAsStreamAsync(cancellationToken);
        using var buffer = new MemoryStream();
        var chunk = new byte[8192];
        int read;
        while ((read = await stream.ReadAsync(chunk, cancellationToken)) > 0)
        {
            if (buffer.Length + read > _options.MaxDocumentBytes)
            {
                return null;
            }

            buffer.Write(chunk, 0, read);
        }

        return buffer.ToArray();
    }

    private sealed record Held(JwtKeys Keys, long FetchedAt);
}
