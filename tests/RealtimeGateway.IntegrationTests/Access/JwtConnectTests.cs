using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

public sealed class JwtConnectTests
{
    private static readonly RSA Key = RSA.Create(2048);
    private static readonly ECDsa Curve = ECDsa.Create(ECCurve.NamedCurves.nistP256);

    [Fact]
    public async Task Connect_GoodToken_ShowsItsClaims()
    {
        await using var gateway = await StartAsync();
        var token = Token(gateway, new JsonObject { ["sub"] = "ada", ["room"] = "blue", ["level"] = 3, ["principalId"] = "root" });

        foreach (var (path, header) in ((string, string)[])
        [
            ("/prod", $"Authorization: Bearer {token}"), ("/prod", $"Authorization: {token}"), ($"/prod?access_token={token}", "A: b"),
        ])
        {
            using var client = await gateway.ConnectAsync(path, header);
            Assert.Equal(101, client.Status);
            var authorizer = gateway.Backend.Calls.Last(call => call.Text.Contains("\"CONNECT\"", StringComparison.Ordinal)).Json["requestContext"]!["authorizer"]!;
            Assert.Equal("ada", (string?)authorizer["principalId"]);
            Assert.Equal(("ada", "blue", "3"), ((string?)authorizer["sub"], (string?)authorizer["room"], (string?)authorizer["level"]));
        }

        // One key set for all three, however many handshakes there are.
        Assert.Single(gateway.Backend.Calls, call => call.RawTarget == "/jwks");
    }

    [Fact]
    public async Task Connect_TokenOfAnEllipticKey_IsTaken()
    {
        await using var gateway = await StartAsync();

        using var client = await gateway.ConnectAsync("/prod", "Authorization: Bearer " + Token(gateway, new JsonObject(), algorithm: "ES256"));

        Assert.Equal(101, client.Status);
    }

    [Fact]
    public async Task Connect_BadToken_IsUnauthorized()
    {
        await using var gateway = await StartAsync();
        var good = Token(gateway, new JsonObject());
        var parts = good.Split('.');

        foreach (var authorization in (string[])
        [
            "",
            "Authorization: Bearer",
            "Authorization: Basic YTpi",
            "Authorization: Bearer x.y.z",
            "Authorization: Bearer " + good[..^4] + (good[^4] == 'A' ? 'B' : 'A') + good[^3..],
            $"Authorization: Bearer {parts[0]}.{parts[1]}.",
            $"Authorization: Bearer {Text("""{"alg":"none"}""")}.{parts[1]}.",
            $"Authorization: Bearer {Text("""{"alg":"HS256","kid":"rsa"}""")}.{parts[1]}.{parts[2]}",
            "Authorization: Bearer " + Token(gateway, new JsonObject(), keyId: "../../etc/passwd"),
            "Authorization: Bearer " + Token(gateway, new JsonObject { ["aud"] = "another" }),
            "Authorization: Bearer " + Token(gateway, new JsonObject { ["iss"] = "https://evil.example" }),
            "Authorization: Bearer " + Token(gateway, new JsonObject { ["exp"] = 1_000_000_000 }),
        ])
        {
            using var client = await gateway.ConnectAsync("/prod", authorization.Length == 0 ? "A: b" : authorization);
            AccessConfigurations.AssertRefused(client, 401, "Unauthorized");
        }

        Assert.DoesNotContain(gateway.Backend.Calls, call => call.RawTarget.Contains("functions", StringComparison.Ordinal));
        Assert.Empty(gateway.Log.Errors);
        Assert.DoesNotContain(gateway.Log.Warnings, line => line.Contains(parts[1], StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("chat:read other", 101)]
    [InlineData("other", 403)]
    [InlineData("", 403)]
    public async Task Connect_Scopes_OneIsNeeded(string scope, int status)
    {
        await using var gateway = await StartAsync(authorizer => authorizer with { Scopes = ["chat:write", "chat:read"] });

        using var client = await gateway.ConnectAsync("/prod", "Authorization: Bearer " + Token(gateway, new JsonObject { ["scope"] = scope }));

        Assert.Equal(status, client.Status);
        if (status == 403)
        {
            AccessConfigurations.AssertRefused(client, 403, "Forbidden");
        }
    }

    [Fact]
    public async Task Connect_KeySetAway_IsTheGatewaysFault()
    {
        await using var gateway = await StartAsync(keySet: () => BackendAnswer.Of("gone", 503));

        using var client = await gateway.ConnectAsync("/prod", "Authorization: Bearer " + Token(gateway, new JsonObject()));

        AccessConfigurations.AssertRefused(client, 500, "Internal server error");
    }

    [Fact]
    public async Task Connect_KeySetRedirects_IsNotFollowed()
    {
        await using var gateway = await StartAsync(keySet: () => new BackendAnswer(302, [], ("Location", "/elsewhere")));

        using var client = await gateway.ConnectAsync("/prod", "Authorization: Bearer " + Token(gateway, new JsonObject()));

        AccessConfigurations.AssertRefused(client, 500, "Internal server error");
        Assert.DoesNotContain(gateway.Backend.Calls, call => call.RawTarget == "/elsewhere");
    }

    [Fact]
    public async Task Connect_OtherPlace_IsTheOnlyOne()
    {
        await using var gateway = await StartAsync(authorizer => authorizer with { IdentitySources = ["route.request.querystring.t"] });
        var token = Token(gateway, new JsonObject());

        using var there = await gateway.ConnectAsync("/prod?t=" + token);
        using var elsewhere = await gateway.ConnectAsync("/prod", "Authorization: Bearer " + token);

        Assert.Equal(101, there.Status);
        AccessConfigurations.AssertRefused(elsewhere, 401, "Unauthorized");
    }

    [Fact]
    public async Task Apply_SameIssuer_KeepsItsKeys()
    {
        await using var gateway = await StartAsync();
        var header = "Authorization: Bearer " + Token(gateway, new JsonObject());
        using var before = await gateway.ConnectAsync("/prod", header);

        Assert.Empty(gateway.Gateway.Apply(Configuration(gateway.Backend.Uri, authorizer => authorizer with { Scopes = [] })));
        using var after = await gateway.ConnectAsync("/prod", header);

        Assert.Equal((101, 101), (before.Status, after.Status));
        Assert.Single(gateway.Backend.Calls, call => call.RawTarget == "/jwks");
    }

    private static GatewayConfiguration Configuration(Uri issuer, Func<Authorizer, Authorizer>? change)
    {
        var authorizer = new Authorizer { Id = "jwt", Type = AuthorizerType.Jwt, Issuer = issuer.AbsoluteUri, Audience = ["chat"] };
        return AccessConfigurations.Of(change?.Invoke(authorizer) ?? authorizer);
    }

    internal static async Task<TestGateway> StartAsync(
        Func<Authorizer, Authorizer>? change = null, Func<BackendAnswer>? keySet = null, Func<Stage, Stage>? stage = null)
    {
        var gateway = await TestGateway.StartAsync(backend => Configuration(backend, change).WithStage(stage));
        var issuer = gateway.Backend.Uri;
        gateway.Backend.Answer = call => Task.FromResult(call.RawTarget switch
        {
            "/.well-known/openid-configuration" => BackendAnswer.Of(
                new JsonObject { ["issuer"] = issuer.AbsoluteUri, ["jwks_uri"] = new Uri(issuer, "/jwks").AbsoluteUri }.ToJsonString()),
            "/jwks" => keySet?.Invoke() ?? BackendAnswer.Of(KeySet()),
            "/elsewhere" => BackendAnswer.Of(KeySet()),
            _ => AccessConfigurations.Fine,
        });
        return gateway;
    }

    private static string KeySet()
    {
        var rsa = Key.ExportParameters(false);
        var point = Curve.ExportParameters(false).Q;
        return new JsonObject
        {
            ["keys"] = new JsonArray(
                new JsonObject { ["kty"] = "RSA", ["kid"] = "rsa", ["use"] = "sig", ["n"] = Text(rsa.Modulus!), ["e"] = Text(rsa.Exponent!) },
                new JsonObject { ["kty"] = "EC", ["kid"] = "ec", ["use"] = "sig", ["crv"] = "P-256", ["x"] = Text(point.X!), ["y"] = Text(point.Y!) }),
        }.ToJsonString();
    }

    internal static string Token(TestGateway gateway, JsonObject claims, string algorithm = "RS256", string? keyId = null)
    {
        var header = new JsonObject { ["alg"] = algorithm, ["kid"] = keyId ?? (algorithm == "RS256" ? "rsa" : "ec") };
        claims.TryAdd("iss", gateway.Backend.Uri.AbsoluteUri);
        claims.TryAdd("aud", "chat");
        claims.TryAdd("exp", TimeProvider.System.GetUtcNow().AddHours(1).ToUnixTimeSeconds());
        var text = Text(header.ToJsonString()) + "." + Text(claims.ToJsonString());
        var bytes = Encoding.ASCII.GetBytes(text);
        return text + "." + Text(algorithm == "RS256"
            ? Key.SignData(bytes, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1)
            : Curve.SignData(bytes, HashAlgorithmName.SHA256));
    }

    private static string Text(string text) => Text(Encoding.UTF8.GetBytes(text));

    private static string Text(byte[] bytes) => Base64Url.EncodeToString(bytes);
}
