using System.Net;
using System.Text.Json.Nodes;
using RealtimeGateway.Authorization;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.IntegrationTests.Access;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>Who may operate the gateway.</summary>
public sealed class OperatorTests : IDisposable
{
    private const string Token = "a-token-of-some-length";

    private readonly TemporaryDirectory _directory = new();
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseProxy = false });

    public void Dispose()
    {
        _http.Dispose();
        _directory.Dispose();
    }

    [Fact]
    public async Task NoKeyConfigured_OnlyDirectLocalCallersOfTheirOwnSiteAreAnswered()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);

        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway, "/v2/apis")).Status);
        Assert.Equal(HttpStatusCode.OK, (await GetAsync(gateway, "/v2/apis", ("Origin", gateway.Url))).Status);
        foreach (var header in new[]
        {
            ("X-Forwarded-For", "127.0.0.1"), ("Forwarded", "for=127.0.0.1"), ("Via", "1.1 proxy"),
            ("Origin", "https://evil.example"), ("Origin", "null"), ("Host", "evil.example"),
        })
        {
            var (status, type, body) = await GetAsync(gateway, "/v2/apis", header);
            Assert.Equal((HttpStatusCode.Unauthorized, "UnauthorizedException"), (status, type));
            Assert.NotEmpty((string)JsonNode.Parse(body)!["message"]!);
            Assert.Equal(HttpStatusCode.Unauthorized, (await GetAsync(gateway, "/apikeys", header)).Status);
        }
    }

    [Fact]
    public async Task KeyConfigured_NobodyComesInWithout()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, access: Keys());

        foreach (var path in new[] { "/v2/apis", "/apikeys", "/account", "/nothing/../v2/apis", "/restapis" })
        {
            Assert.Equal((HttpStatusCode.Unauthorized, "UnauthorizedException"), await StatusAsync(gateway, path));
        }

        Assert.Equal((HttpStatusCode.Unauthorized, "UnauthorizedException"), await StatusAsync(gateway, "/v2/apis", ("Authorization", "Bearer wrong-token-of-some-length")));
        Assert.Equal(HttpStatusCode.OK, (await StatusAsync(gateway, "/v2/apis", ("Authorization", $"Bearer {Token}"))).Status);
    }

    [Fact]
    public async Task Signature_OfAKnownKey_InAnyRegion_IsTaken()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, access: Keys());

        await using var boto = await Script.PythonAsync(gateway.Url, "AKALL", "secret of all", script: "control.py");
        var made = await AskAsync(boto, "apigatewayv2", "create_api", new() { ["Name"] = "a", ["ProtocolType"] = "WEBSOCKET", ["RouteSelectionExpression"] = "$request.body.a" });
        Assert.Equal(201, (int)made["status"]!);
        Assert.Equal(201, (int)(await AskAsync(boto, "apigateway", "create_api_key", new() { ["name"] = "ä" }))["status"]!);
        var identity = await AskAsync(boto, "sts", "get_caller_identity", []);
        Assert.Equal("arn:aws:iam::123456789012:user/AKALL", (string?)identity["value"]!["Arn"]);
    }

    [Theory]
    [InlineData("AKALL", "wrong")]
    [InlineData("AKNONE", "secret of all")]
    public async Task Signature_OfNobodyKnown_IsRefused(string key, string secret)
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, access: Keys());
        await using var boto = await Script.PythonAsync(gateway.Url, key, secret, script: "control.py");

        foreach (var (service, operation) in new[] { ("apigatewayv2", "get_apis"), ("apigateway", "get_api_keys"), ("sts", "get_caller_identity") })
        {
            var answer = await AskAsync(boto, service, operation, []);
            Assert.Equal((401, "UnauthorizedException"), ((int)answer["status"]!, (string?)answer["code"]));
        }
    }

    [Fact]
    public async Task Policy_SaysWhatAKeyMayDo()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, access: Keys());
        await using var boto = await Script.PythonAsync(gateway.Url, "AKREAD", "secret of a reader", script: "control.py");

        Assert.Equal(200, (int)(await AskAsync(boto, "apigatewayv2", "get_apis", []))["status"]!);
        foreach (var (service, operation, arguments) in new[]
        {
            ("apigatewayv2", "create_api", new JsonObject { ["Name"] = "a", ["ProtocolType"] = "WEBSOCKET" }),
            ("apigateway", "get_api_keys", []),
        })
        {
            var answer = await AskAsync(boto, service, operation, arguments);
            Assert.Equal((403, "AccessDeniedException"), ((int)answer["status"]!, (string?)answer["code"]));
            Assert.Contains("is not authorized to perform: apigateway:", (string)answer["message"]!, StringComparison.Ordinal);
        }
    }

    [Theory]
    [InlineData("/v2/apis/abc/routes", "arn:aws:apigateway:r::/apis/abc/routes")]
    [InlineData("/v2/%61pis/abc", "arn:aws:apigateway:r::/apis/abc")]
    [InlineData("/apikeys/", "arn:aws:apigateway:r::/apikeys")]
    [InlineData("/tags/arn%3Aaws%3Aapigateway%3Ar%3A%3A%2Fapis%2Fx", "arn:aws:apigateway:r::/tags/arn:aws:apigateway:r::%2Fapis%2Fx")]
    public void ResourceArn_AnySpelling_IsWhatTheOperationIsFoundBy(string path, string arn)
    {
        Assert.Equal(arn, OperatorCheck.ResourceArn(path, "r"));
    }

    private static Action<GatewayAccessOptions> Keys() => options =>
    {
        options.AccountId = "123456789012";
        options.BearerTokens.Add(Token);
        options.Credentials.Add(new GatewayCredential { AccessKeyId = "AKALL", SecretAccessKey = "secret of all" });
        options.Credentials.Add(new GatewayCredential
        {
            AccessKeyId = "AKREAD",
            SecretAccessKey = "secret of a reader",
            Policy = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"apigateway:GET","Resource":"arn:aws:apigateway:*::/apis*"}]}""",
        });
    };

    private static Task<JsonObject> AskAsync(Script boto, string service, string operation, JsonObject arguments) =>
        boto.AskAsync(new() { ["operation"] = operation, ["arguments"] = arguments, ["service"] = service });

    private async Task<(HttpStatusCode Status, string? Type)> StatusAsync(ControlGateway gateway, string path, params (string Name, string Value)[] headers)
    {
        var (status, type, _) = await GetAsync(gateway, path, headers);
        return (status, type);
    }

    private async Task<(HttpStatusCode Status, string? Type, string Body)> GetAsync(ControlGateway gateway, string path, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, gateway.Url + path);
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var answer = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        return (
            answer.StatusCode,
            answer.Headers.TryGetValues("x-amzn-ErrorType", out var types) ? types.Single() : null,
            await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
