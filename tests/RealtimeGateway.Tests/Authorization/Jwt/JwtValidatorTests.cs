using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Authorization.Jwt;

namespace RealtimeGateway.Tests.Authorization.Jwt;

public sealed class JwtValidatorTests : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 9, 25, 12, 0, 0, TimeSpan.Zero);
    private readonly FakeTimeProvider _time = new(Now);
    private readonly Issuer _issuer = new();
    private readonly HttpClient _http;
    private readonly JwtValidator _validator;

    public JwtValidatorTests()
    {
        _http = new HttpClient(_issuer);
        _validator = new JwtValidator(Options(), _http, _time);
    }

    public void Dispose() => _http.Dispose();

    [Fact]
    public async Task Validate_GoodToken_GivesClaimsAsStrings()
    {
        var payload = Payload();
        payload["cognito:groups"] = new JsonArray("admin", "user");
        payload["nested"] = new JsonObject { ["a"] = 1 };
        payload["flag"] = true;

        var result = await CheckAsync(Rs256(payload), "read", "chat:write");

        Assert.Equal(JwtOutcome.Valid, result.Outcome);
        Assert.Equal("ada", result.Claims["sub"]);
        Assert.Equal("[admin user]", result.Claims["cognito:groups"]);
        Assert.Equal("""{"a":1}""", result.Claims["nested"]);
        Assert.Equal("true", result.Claims["flag"]);
        Assert.Equal(Now.AddHours(1).ToUnixTimeSeconds().ToString(System.Globalization.CultureInfo.InvariantCulture), result.Claims["exp"]);
        Assert.Equal(["chat:read", "chat:write"], result.Scopes);
    }

    [Theory]
    [InlineData("RS256")]
    [InlineData("RS512")]
    [InlineData("PS384")]
    [InlineData("ES256")]
    public async Task Validate_EachFamily_IsVerified(string algorithm)
    {
        var hash = new HashAlgorithmName("SHA" + algorithm[2..]);
        var token = Issuer.Sign(Header(algorithm, algorithm[0] == 'E' ? "ec" : "rsa"), Payload(), bytes => algorithm[0] switch
        {
            'R' => _issuer.Rsa.SignData(bytes, hash, RSASignaturePadding.Pkcs1),
            'P' => _issuer.Rsa.SignData(bytes, hash, RSASignaturePadding.Pss),
            _ => _issuer.Curve.SignData(bytes, hash),
        });
        var validator = new JwtValidator(Options() with { Algorithms = JwtOptions.AsymmetricAlgorithms }, _http, _time);

        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(validator, token)).Outcome);
        Assert.Equal(JwtOutcome.InvalidSignature, (await CheckAsync(validator, Flip(token, token.Length - 20))).Outcome);
    }

    [Fact]
    public async Task Validate_ForgedTokens_AreAllRefused()
    {
        using var other = RSA.Create(2048);
        byte[] ByOther(byte[] bytes) => other.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var good = Rs256(Payload());
        var parts = good.Split('.');
        var pem = Encoding.ASCII.GetBytes(_issuer.Rsa.ExportSubjectPublicKeyInfoPem());
        var der = _issuer.Rsa.ExportSubjectPublicKeyInfo();

        var forged = new (string Name, string Token, JwtOutcome Expected)[]
        {
            ("none", $"{Issuer.Text(Header("none"))}.{parts[1]}.", JwtOutcome.AlgorithmNotAllowed),
            ("None with a signature", $"{Issuer.Text(Header("None"))}.{parts[1]}.{parts[2]}", JwtOutcome.AlgorithmNotAllowed),
            ("HS256 with the public key as text", Issuer.Sign(Header("HS256"), Payload(), b => HMACSHA256.HashData(pem, b)), JwtOutcome.AlgorithmNotAllowed),
            ("HS256 with the public key as bytes", Issuer.Sign(Header("HS256"), Payload(), b => HMACSHA256.HashData(der, b)), JwtOutcome.AlgorithmNotAllowed),
            ("RS256 made with HMAC", Issuer.Sign(Header("RS256"), Payload(), b => HMACSHA256.HashData(pem, b)), JwtOutcome.InvalidSignature),
            ("algorithm of another issuer", Issuer.Sign(Header("ES256", "ec"), Payload(), b => _issuer.Curve.SignData(b, HashAlgorithmName.SHA256)), JwtOutcome.AlgorithmNotAllowed),
            ("key of another kind", Issuer.Sign(Header("RS256", "ec"), Payload(), _issuer.SignRs256), JwtOutcome.UnknownKey),
            ("no algorithm", Issuer.Sign(new JsonObject { ["kid"] = "rsa" }, Payload(), _issuer.SignRs256), JwtOutcome.Malformed),
            ("two algorithms", Raw("""{"alg":"none","alg":"RS256","kid":"rsa"}"""), JwtOutcome.Malformed),
            ("kid as a path", Issuer.Sign(Header("RS256", "../../../../dev/null"), Payload(), ByOther), JwtOutcome.UnknownKey),
            ("kid as a URL", Issuer.Sign(Header("RS256", "https://evil.example/jwks.json"), Payload(), ByOther), JwtOutcome.UnknownKey),
            ("kid as a query", Issuer.Sign(Header("RS256", "rsa' OR '1'='1"), Payload(), ByOther), JwtOutcome.UnknownKey),
            ("endless kid", Issuer.Sign(Header("RS256", new string('k', 5000)), Payload(), ByOther), JwtOutcome.UnknownKey),
            ("no kid", Issuer.Sign(new JsonObject { ["alg"] = "RS256" }, Payload(), _issuer.SignRs256), JwtOutcome.UnknownKey),
            ("kid as a number", Raw("""{"alg":"RS256","kid":1}"""), JwtOutcome.UnknownKey),
            ("jku", Issuer.Sign(With(Header("RS256"), "jku", "https://evil.example/jwks.json"), Payload(), ByOther), JwtOutcome.InvalidSignature),
            ("x5u", Issuer.Sign(With(Header("RS256"), "x5u", "https://evil.example/x.pem"), Payload(), ByOther), JwtOutcome.InvalidSignature),
            ("jwk", Issuer.Sign(With(Header("RS256"), "jwk", Issuer.RsaKey("rsa", other)), Payload(), ByOther), JwtOutcome.InvalidSignature),
            ("crit", Issuer.Sign(With(Header("RS256"), "crit", new JsonArray("b64")), Payload(), _issuer.SignRs256), JwtOutcome.Malformed),
            ("other key", Issuer.Sign(Header("RS256"), Payload(), ByOther), JwtOutcome.InvalidSignature),
            ("other issuer", Rs256(With(Payload(), "iss", "https://issuer.example/pool")), JwtOutcome.WrongIssuer),
            ("issuer as an array", Rs256(With(Payload(), "iss", new JsonArray(Issuer.Name))), JwtOutcome.WrongIssuer),
            ("other audience", Rs256(With(Payload(), "aud", "app2")), JwtOutcome.WrongAudience),
            ("no audience", Rs256(With(Payload(), "aud", null, remove: true)), JwtOutcome.WrongAudience),
            ("client_id beside aud", Rs256(With(With(Payload(), "aud", "app2"), "client_id", "app")), JwtOutcome.WrongAudience),
            ("over", Rs256(With(Payload(), "exp", Now.AddSeconds(-60).ToUnixTimeSeconds())), JwtOutcome.Expired),
            ("endless", Rs256(With(Payload(), "exp", null, remove: true)), JwtOutcome.Expired),
            ("end as text", Rs256(With(Payload(), "exp", "4102444800")), JwtOutcome.Malformed),
            ("end beyond time", Rs256(With(Payload(), "exp", 1e300)), JwtOutcome.Malformed),
            ("not yet", Rs256(With(Payload(), "nbf", Now.AddSeconds(61).ToUnixTimeSeconds())), JwtOutcome.NotYetValid),
            ("issued in the future", Rs256(With(Payload(), "iat", Now.AddSeconds(61).ToUnixTimeSeconds())), JwtOutcome.NotYetValid),
            ("truncated signature", good[..^2], JwtOutcome.InvalidSignature),
            ("no signature", parts[0] + "." + parts[1] + ".", JwtOutcome.InvalidSignature),
            ("two parts", parts[0] + "." + parts[1], JwtOutcome.Malformed),
            ("four parts", good + ".x", JwtOutcome.Malformed),
            ("five parts", good + ".x.x", JwtOutcome.Malformed),
            ("other payload", $"{parts[0]}.{Issuer.Text(With(Payload(), "sub", "eve"))}.{parts[2]}", JwtOutcome.InvalidSignature),
            ("bad base64", "!" + good[1..], JwtOutcome.Malformed),
            ("padding", parts[0] + "=." + parts[1] + "." + parts[2], JwtOutcome.Malformed),
            ("white space", good + "\n", JwtOutcome.Malformed),
            ("no JSON", $"{parts[0]}.{Issuer.Text("hello"u8.ToArray())}.{parts[2]}", JwtOutcome.Malformed),
            ("no object", $"{Issuer.Text("[]"u8.ToArray())}.{parts[1]}.{parts[2]}", JwtOutcome.Malformed),
            ("empty", "", JwtOutcome.Malformed),
            ("dots", "..", JwtOutcome.Malformed),
            ("too long", good + new string('a', JwtValidator.MaxTokenLength), JwtOutcome.Malformed),
        };

        foreach (var (name, token, expected) in forged)
        {
            var result = await CheckAsync(token);
            Assert.True(expected == result.Outcome, $"{name}: {result.Outcome}, not {expected}");
            Assert.Empty(result.Claims);
        }

        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(good)).Outcome);
        Assert.DoesNotContain(_issuer.Requests, uri => uri.Contains("evil", StringComparison.Ordinal));

        string Raw(string header)
        {
            var head = Issuer.Text(Encoding.UTF8.GetBytes(header)) + "." + parts[1];
            return head + "." + Issuer.Text(_issuer.SignRs256(Encoding.ASCII.GetBytes(head)));
        }
    }

    [Fact]
    public async Task Validate_TokenOfNobody_CausesNoFetch()
    {
        foreach (var payload in new[] { With(Payload(), "iss", "x"), With(Payload(), "exp", 1), With(Payload(), "aud", "x") })
        {
            Assert.NotEqual(JwtOutcome.Valid, (await CheckAsync(Rs256(payload))).Outcome);
        }

        Assert.Empty(_issuer.Requests);
    }

    [Theory]
    [InlineData(59, nameof(JwtOutcome.Valid))]
    [InlineData(60, nameof(JwtOutcome.Expired))]
    public async Task Validate_AroundItsEnd_GrantsTheSkew(int seconds, string expected)
    {
        _time.Advance(TimeSpan.FromHours(1) + TimeSpan.FromSeconds(seconds));

        Assert.Equal(expected, (await CheckAsync(Rs256(Payload(issuedAt: Now)))).Outcome.ToString());
    }

    [Fact]
    public async Task Validate_ClientIdWithoutAudience_Counts()
    {
        var payload = With(With(Payload(), "aud", null, remove: true), "client_id", "app");
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(payload))).Outcome);
        payload = With(Payload(), "aud", new JsonArray("x", "app"));
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(payload))).Outcome);
    }

    [Fact]
    public async Task Validate_Scopes_AskForOneOfThem()
    {
        Assert.Equal(JwtOutcome.InsufficientScope, (await CheckAsync(Rs256(Payload()), "admin")).Outcome);
        var payload = With(With(Payload(), "scope", null, remove: true), "scp", new JsonArray("admin"));
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(payload), "admin", "other")).Outcome);
        Assert.Equal(JwtOutcome.InsufficientScope, (await CheckAsync(Rs256(payload), "adm")).Outcome);
    }

    [Fact]
    public async Task Validate_ThousandUnknownKeys_FetchesTwiceAMinute()
    {
        await CheckAsync(Rs256(Payload()));
        _issuer.Requests.Clear();
        var tokens = Enumerable.Range(0, 1000).Select(i => Issuer.Sign(Header("RS256", "k" + i), Payload(), _ => new byte[256])).ToList();

        for (var i = 0; i < tokens.Count; i++)
        {
            _time.Advance(TimeSpan.FromMilliseconds(59.9));
            Assert.Equal(JwtOutcome.UnknownKey, (await CheckAsync(tokens[i])).Outcome);
        }

        Assert.InRange(_issuer.Requests.Count(uri => uri.EndsWith("jwks.json", StringComparison.Ordinal)), 1, 2);
    }

    [Fact]
    public async Task Validate_ManyAtOnce_ShareOneFetch()
    {
        var tokens = Enumerable.Range(0, 50).Select(_ => Rs256(Payload())).ToList();

        var results = await Task.WhenAll(tokens.Select(token => Task.Run(() => CheckAsync(token))));

        Assert.All(results, result => Assert.Equal(JwtOutcome.Valid, result.Outcome));
        Assert.Equal(2, _issuer.Requests.Count);
    }

    [Fact]
    public async Task Validate_KeysRotated_AreFetchedOnFirstSight()
    {
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(Payload()))).Outcome);
        using var next = RSA.Create(2048);
        _issuer.Keys.Add(Issuer.RsaKey("next", next));
        var token = Issuer.Sign(
            Header("RS256", "next"), Payload(), bytes => next.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(JwtOutcome.UnknownKey, (await CheckAsync(token)).Outcome);

        _time.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(token)).Outcome);
    }

    [Fact]
    public async Task Validate_IssuerAway_KeepsOldKeysForADay()
    {
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(Payload()))).Outcome);
        _issuer.Answer = _ => throw new HttpRequestException("away");
        _time.Advance(TimeSpan.FromHours(23));
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(Payload()))).Outcome);

        _time.Advance(TimeSpan.FromHours(1));

        Assert.Equal(JwtOutcome.KeysUnavailable, (await CheckAsync(Rs256(Payload()))).Outcome);
    }

    [Theory]
    [InlineData("status")]
    [InlineData("no JSON")]
    [InlineData("too large")]
    [InlineData("other issuer")]
    [InlineData("step down to http")]
    [InlineData("no keys")]
    [InlineData("throws")]
    [InlineData("stalls")]
    public async Task Validate_KeysNotToBeHad_IsNotTheCallersFault(string fault)
    {
        var stalled = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        if (fault == "other issuer")
        {
            _issuer.Discovery["issuer"] = "https://evil.example/";
        }
        else if (fault == "step down to http")
        {
            _issuer.Discovery["jwks_uri"] = "http://keys.example/jwks.json";
        }
        else
        {
            _issuer.Answer = uri => !uri.EndsWith("jwks.json", StringComparison.Ordinal) ? null : fault switch
            {
                "status" => new HttpResponseMessage(HttpStatusCode.BadGateway),
                "no JSON" => Issuer.Ok("<html>"),
                "too large" => Issuer.Ok(new string(' ', 300_000) + "{}"),
                "no keys" => Issuer.Ok("""{"keys":[{"kty":"oct","kid":"rsa","k":"c2VjcmV0"}]}"""),
                "stalls" => new HttpResponseMessage(HttpStatusCode.OK) { Content = new StreamContent(new StalledStream(stalled)) },
                _ => throw new HttpRequestException("away"),
            };
        }

        var check = CheckAsync(Rs256(Payload()));
        if (fault == "stalls")
        {
            await stalled.Task;
            _time.Advance(TimeSpan.FromSeconds(5));
        }

        Assert.Equal(JwtOutcome.KeysUnavailable, (await check).Outcome);
    }

    [Fact]
    public async Task Validate_ConfiguredKeySet_AsksNoDiscovery()
    {
        var validator = new JwtValidator(Options() with { JwksUri = new Uri("https://keys.example/jwks.json") }, _http, _time);

        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(validator, Rs256(Payload()))).Outcome);
        Assert.Equal(["https://keys.example/jwks.json"], _issuer.Requests);
    }

    [Fact]
    public async Task Validate_WeakOrForeignKeysInTheSet_AreLeftOut()
    {
        using var weak = RSA.Create(1024);
        _issuer.Keys.Insert(0, Issuer.RsaKey("weak", weak));
        _issuer.Keys.Insert(0, With(Issuer.RsaKey("enc", _issuer.Rsa), "use", "enc"));
        _issuer.Keys.Insert(0, With(Issuer.RsaKey("rs512", _issuer.Rsa), "alg", "RS512"));
        _issuer.Keys.Insert(0, new JsonObject { ["kty"] = "EC", ["kid"] = "off", ["crv"] = "P-256", ["x"] = "AQ", ["y"] = "AQ" });
        _issuer.Keys.Insert(0, JsonValue.Create(1));

        foreach (var id in new[] { "enc", "rs512", "off" })
        {
            var token = Issuer.Sign(Header("RS256", id), Payload(), _issuer.SignRs256);
            Assert.Equal(JwtOutcome.UnknownKey, (await CheckAsync(token)).Outcome);
        }

        var byWeak = Issuer.Sign(
            Header("RS256", "weak"), Payload(), bytes => weak.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1));
        Assert.Equal(JwtOutcome.UnknownKey, (await CheckAsync(byWeak)).Outcome);
        Assert.Equal(JwtOutcome.Valid, (await CheckAsync(Rs256(Payload()))).Outcome);
    }

    [Fact]
    public void Constructor_SettingsThatCheckNothing_Throw()
    {
        Assert.Throws<ArgumentException>(() => new JwtValidator(Options() with { Algorithms = ["RS256", "HS256"] }, _http, _time));
        Assert.Throws<ArgumentException>(() => new JwtValidator(Options() with { Algorithms = [] }, _http, _time));
        Assert.Throws<ArgumentException>(() => new JwtValidator(Options() with { Audiences = [] }, _http, _time));
        Assert.Throws<ArgumentException>(() => new JwtValidator(Options() with { Issuer = "me" }, _http, _time));
    }

    private static JwtOptions Options() => new() { Issuer = Issuer.Name, Audiences = ["app", "app-beta"] };

    private static JsonObject Header(string algorithm, string keyId = "rsa") => new() { ["alg"] = algorithm, ["typ"] = "JWT", ["kid"] = keyId };

    private JsonObject Payload(DateTimeOffset? issuedAt = null)
    {
        var now = issuedAt ?? _time.GetUtcNow();
        return new JsonObject
        {
            ["iss"] = Issuer.Name, ["sub"] = "ada", ["aud"] = "app", ["scope"] = "chat:read chat:write",
            ["iat"] = now.ToUnixTimeSeconds(), ["nbf"] = now.ToUnixTimeSeconds(), ["exp"] = now.AddHours(1).ToUnixTimeSeconds(),
        };
    }

    private static JsonObject With(JsonObject json, string name, JsonNode? value, bool remove = false)
    {
        if (remove)
        {
            json.Remove(name);
        }
        else
        {
            json[name] = value;
        }

        return json;
    }

    private string Rs256(JsonObject payload) => Issuer.Sign(Header("RS256"), payload, _issuer.SignRs256);

    private static string Flip(string token, int at) => token[..at] + (token[at] == 'A' ? 'B' : 'A') + token[(at + 1)..];

    private Task<JwtResult> CheckAsync(string token, params string[] scopes) => CheckAsync(_validator, token, scopes);

    private static Task<JwtResult> CheckAsync(JwtValidator validator, string token, params string[] scopes) =>
        validator.ValidateAsync(token, scopes, TestContext.Current.CancellationToken).AsTask();

    /// <summary>Never has a byte; tells when it is asked for one.</summary>
    private sealed class StalledStream(TaskCompletionSource asked) : MemoryStream
    {
        public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            asked.TrySetResult();
            await Task.Delay(Timeout.InfiniteTimeSpan, cancellationToken);
            return 0;
        }
    }
}
