using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Options;
using RealtimeGateway.Connections;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;

namespace RealtimeGateway.IntegrationTests.Access;

/// <summary>Who may push, ask and close.</summary>
public sealed class ManagementAccessTests
{
    private const string Token = "a-token-of-thirty-two-characters";

    private static readonly AwsCredential Key = new(AccessConfigurations.AccessKeyId, AccessConfigurations.Secret);

    /// <summary>Promise A1: 403 before the body is read. The body is declared and never sent.</summary>
    [Theory]
    [InlineData("MissingAuthenticationTokenException", "")]
    [InlineData("MissingAuthenticationTokenException", "Authorization: ")]
    [InlineData("IncompleteSignatureException", "Authorization: Basic QUtJREVYQU1QTEU6YS1zZWNyZXQ=")]
    [InlineData("IncompleteSignatureException", "Authorization: Bearer another-token-of-32-characters!!")]
    [InlineData("IncompleteSignatureException", "Authorization: Bearer ")]
    [InlineData("IncompleteSignatureException", "Authorization: " + Token)]
    [InlineData("IncompleteSignatureException", "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/us-east-1/execute-api/aws4_request")]
    [InlineData("IncompleteSignatureException", "Authorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE, SignedHeaders=host, Signature=00")]
    [InlineData("IncompleteSignatureException", "Authorization: AWS3-HMAC-SHA1 Credential=AKIDEXAMPLE/20260925/us-east-1/execute-api/aws4_request, SignedHeaders=host, Signature=00")]
    [InlineData("IncompleteSignatureException", "Authorization: Bearer a-token-of-thirty-two-characters\r\nAuthorization: Bearer a-token-of-thirty-two-characters")]
    [InlineData("InvalidSignatureException", "X-Amz-Date: 20260925T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20260925/us-east-1/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=00")]
    [InlineData("InvalidSignatureException", "X-Amz-Date: 20200101T000000Z\r\nAuthorization: AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20200101/us-east-1/execute-api/aws4_request, SignedHeaders=host;x-amz-date, Signature=00")]
    [InlineData("MissingAuthenticationTokenException", "X-Amz-Security-Token: " + Token)]
    [InlineData("MissingAuthenticationTokenException", "x-api-key: " + Token)]
    [InlineData("MissingAuthenticationTokenException", "X-Forwarded-For: 127.0.0.1")]
    public async Task Post_BadAuthentication_IsForbiddenBeforeTheBodyIsRead(string errorType, string header)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        using var caller = await RawWebSocket.OpenAsync(gateway.Port);

        await caller.SendBytesAsync(Encoding.Latin1.GetBytes(
            $"POST {PathOf(gateway)} HTTP/1.1\r\nHost: 127.0.0.1:{gateway.Port}\r\nContent-Length: 100000\r\n{header}{(header.Length == 0 ? "" : "\r\n")}\r\n"));
        await caller.ReadHeadAsync();

        Assert.Equal(403, caller.Status);
        Assert.Equal(errorType, caller.Header("x-amzn-ErrorType"));
        Assert.Equal("message", Assert.Single(AccessConfigurations.BodyOf(caller)).Key);
        Assert.NotNull(caller.Header("x-amzn-RequestId"));
        Assert.Equal(0, gateway.TheConnection().QueuedMessages);
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Call_EveryOperationWithoutAuthentication_IsForbidden()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        foreach (var method in (string[])["GET", "POST", "DELETE", "PUT", "HEAD", "get"])
        {
            using var answer = await SendAsync(gateway, new HttpRequestMessage(new HttpMethod(method), Url(gateway)));
            Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        }

        Assert.True(gateway.TheConnection().IsOpen);
    }

    [Fact]
    public async Task Call_Signed_IsServed()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        using var pushed = await SendAsync(gateway, Signed(HttpMethod.Post, Url(gateway), "hello"));
        Assert.Equal(HttpStatusCode.OK, pushed.StatusCode);
        Assert.Equal("hello", await client.ReadTextAsync());
        using var shown = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway)));
        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        using var deleted = await SendAsync(gateway, Signed(HttpMethod.Delete, Url(gateway)));
        Assert.Equal(HttpStatusCode.NoContent, deleted.StatusCode);
        Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
    }

    [Fact]
    public async Task Call_BodyChangedOnTheWay_IsForbidden()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        var request = Signed(HttpMethod.Post, Url(gateway), "hello");
        request.Content = new StringContent("hellO");
        request.Content.Headers.ContentType = null;

        using var answer = await SendAsync(gateway, request);

        await AssertForbiddenAsync(answer, "InvalidSignatureException");
        Assert.Equal(0, gateway.TheConnection().QueuedMessages);
    }

    [Theory]
    [InlineData(-299, HttpStatusCode.OK)]
    [InlineData(-301, HttpStatusCode.Forbidden)]
    [InlineData(299, HttpStatusCode.OK)]
    [InlineData(301, HttpStatusCode.Forbidden)]
    public async Task Call_SignedAtAnotherTime_IsTakenWithinFiveMinutes(int seconds, HttpStatusCode expected)
    {
        var now = new DateTimeOffset(2026, 9, 25, 12, 0, 0, TimeSpan.Zero);
        await using var gateway = await StartAsync(clock: new(now));
        using var client = await gateway.ConnectAsync();

        using var answer = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway), at: now.AddSeconds(seconds)));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Theory]
    [InlineData("AKIDEXAMPLE", "another-secret", "InvalidSignatureException")]
    [InlineData("AKIDNOBODY", AccessConfigurations.Secret, "UnrecognizedClientException")]
    public async Task Call_OtherKey_IsForbidden(string accessKeyId, string secret, string errorType)
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();

        using var answer = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway), credential: new AwsCredential(accessKeyId, secret)));

        await AssertForbiddenAsync(answer, errorType);
    }

    [Fact]
    public async Task Call_BearerToken_IsServed()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        using var request = new HttpRequestMessage(HttpMethod.Post, Url(gateway)) { Content = new StringContent("hello") };
        request.Headers.TryAddWithoutValidation("Authorization", "Bearer " + Token);
        // With a secret of its own a caller may come from anywhere.
        request.Headers.TryAddWithoutValidation("X-Forwarded-For", "192.0.2.1");

        using var answer = await SendAsync(gateway, request);

        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        Assert.Equal("hello", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Call_SessionToken_IsPartOfTheProof()
    {
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Credentials:0:SessionToken"] = "session";
        await using var gateway = await StartAsync(settings);
        using var client = await gateway.ConnectAsync();

        using var without = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway)));
        using var with = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway), credential: new AwsCredential(Key.AccessKeyId, Key.SecretAccessKey, "session")));

        await AssertForbiddenAsync(without, "UnrecognizedClientException");
        Assert.Equal(HttpStatusCode.OK, with.StatusCode);
    }

    [Theory]
    [InlineData(null, "us-east-1", HttpStatusCode.OK)]
    [InlineData(null, "eu-west-1", HttpStatusCode.OK)]
    [InlineData("eu-west-1", "eu-west-1", HttpStatusCode.OK)]
    [InlineData("eu-west-1", "us-east-1", HttpStatusCode.Forbidden)]
    public async Task Call_Region_MattersWhereOneIsSet(string? configured, string signedFor, HttpStatusCode expected)
    {
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Region"] = configured;
        await using var gateway = await StartAsync(settings);
        using var client = await gateway.ConnectAsync();

        using var answer = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway), region: signedFor));

        Assert.Equal(expected, answer.StatusCode);
    }

    [Fact]
    public async Task Call_Policy_IsAskedForEachOperation()
    {
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Credentials:0:Policy"] = """
            {"Version": "2012-10-17", "Statement": [
              {"Effect": "Allow", "Action": "execute-api:ManageConnections", "Resource": "arn:aws:execute-api:us-east-1:123456789012:chat/prod/*"},
              {"Effect": "Deny", "Action": "execute-api:*", "Resource": "arn:aws:execute-api:*:*:*/*/DELETE/@connections/*"}]}
            """;
        await using var gateway = await StartAsync(settings);
        using var client = await gateway.ConnectAsync();

        using var shown = await SendAsync(gateway, Signed(HttpMethod.Get, Url(gateway)));
        using var deleted = await SendAsync(gateway, Signed(HttpMethod.Delete, Url(gateway)));

        Assert.Equal(HttpStatusCode.OK, shown.StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, deleted.StatusCode);
        Assert.Equal("AccessDeniedException", deleted.Headers.GetValues("x-amzn-ErrorType").Single());
        Assert.Equal(
            """{"Message":"User: arn:aws:iam::123456789012:user/AKIDEXAMPLE is not authorized to perform: execute-api:ManageConnections on resource: """
            + """arn:aws:execute-api:us-east-1:********9012:chat/prod/DELETE/@connections/{connectionId} with an explicit deny in an identity-based policy"}""",
            await deleted.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
        Assert.True(gateway.TheConnection().IsOpen);
    }

    [Fact]
    public async Task Call_WrongInSeveralWays_IsToldTheFirst()
    {
        await using var gateway = await StartAsync();
        using var client = await gateway.ConnectAsync();
        var nobody = $"http://127.0.0.1:{gateway.Port}/prod/@connections/{Uri.EscapeDataString(ConnectionId.Create(0, new byte[9]).ToString())}";
        var tooBig = new string('x', (128 * 1024) + 1);

        using var malformed = await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{gateway.Port}/prod/@connections/x"));
        using var stranger = await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, nobody));
        using var big = await SendAsync(gateway, Signed(HttpMethod.Post, nobody, tooBig));
        using var gone = await SendAsync(gateway, Signed(HttpMethod.Post, nobody, "x"));

        Assert.Equal(
            [HttpStatusCode.BadRequest, HttpStatusCode.Forbidden, HttpStatusCode.RequestEntityTooLarge, HttpStatusCode.Gone],
            [malformed.StatusCode, stranger.StatusCode, big.StatusCode, gone.StatusCode]);
    }

    [Fact]
    public async Task Call_NothingConfigured_OnlyThisMachineItselfIsServed()
    {
        await using var gateway = await StartAsync([]);
        using var client = await gateway.ConnectAsync();

        using var local = await SendAsync(gateway, new HttpRequestMessage(HttpMethod.Get, Url(gateway)));
        Assert.Equal(HttpStatusCode.OK, local.StatusCode);
        Assert.Contains(gateway.Log.Warnings, line => line.Contains("No access key is configured", StringComparison.Ordinal));
        foreach (var header in (string[])["X-Forwarded-For", "Forwarded", "X-Real-IP", "Via", "X-Forwarded-Host"])
        {
            var request = new HttpRequestMessage(HttpMethod.Get, Url(gateway));
            request.Headers.TryAddWithoutValidation(header, "127.0.0.1");
            using var answer = await SendAsync(gateway, request);
            await AssertForbiddenAsync(answer, "MissingAuthenticationTokenException");
        }
    }

    [Fact]
    public async Task Start_KeyConfigured_DoesNotWarn()
    {
        await using var gateway = await StartAsync();

        Assert.DoesNotContain(gateway.Log.Warnings, line => line.Contains("No access key is configured", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Start_SettingsWrong_FailsAndSaysAllOfIt()
    {
        var refused = await Assert.ThrowsAsync<OptionsValidationException>(() => TestGateway.StartAsync(
            _ => Apis.GatewayConfiguration.Empty,
            settings: new Dictionary<string, string?> { ["Gateway:AccountId"] = "1", ["Gateway:Credentials:0:AccessKeyId"] = "AKID" }));

        Assert.Equal(
            ["Gateway:AccountId must be 12 digits.", "Gateway:Credentials:0:SecretAccessKey is missing."],
            refused.Failures);
    }

    /// <summary>boto3 and the AWS SDK for JavaScript push, ask and close with signatures of their own making; a wrong secret gets nowhere.</summary>
    [Theory]
    [InlineData("python")]
    [InlineData("node")]
    public async Task Call_RealSdk_IsServedByItsSecret(string language)
    {
        await using var gateway = await StartAsync();
        var endpoint = $"http://127.0.0.1:{gateway.Port}/prod";
        await using var good = await StartScriptAsync(language, endpoint, AccessConfigurations.Secret);
        await using var bad = await StartScriptAsync(language, endpoint, "another-secret");
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id.ToString();

        foreach (var command in (string[])["post", "get", "delete"])
        {
            var refused = await bad.AskAsync(new JsonObject { ["command"] = command, ["connectionId"] = id, ["text"] = "forged" });
            Assert.Equal(("failure", 403), ((string?)refused["event"], (int?)refused["status"]));
            Assert.Equal("InvalidSignatureException", (string?)(refused["code"] ?? refused["name"]));
        }

        var pushed = await good.AskAsync(new JsonObject { ["command"] = "post", ["connectionId"] = id, ["text"] = "hällo" });
        Assert.Equal(("result", 200), ((string?)pushed["event"], (int?)pushed["status"]));
        Assert.Equal("hällo", await client.ReadTextAsync());
        var shown = await good.AskAsync(new JsonObject { ["command"] = "get", ["connectionId"] = id });
        Assert.Equal(200, (int?)shown["status"]);
        Assert.Equal("127.0.0.1", (string?)shown["value"]!["Identity"]!["SourceIp"]);
        var deleted = await good.AskAsync(new JsonObject { ["command"] = "delete", ["connectionId"] = id });
        Assert.Equal(204, (int?)deleted["status"]);
        Assert.Equal(1000, (await client.ReadCloseAsync()).CloseCode);
        var gone = await good.AskAsync(new JsonObject { ["command"] = "post", ["connectionId"] = id, ["text"] = "late" });
        Assert.Equal(("failure", 410), ((string?)gone["event"], (int?)gone["status"]));
    }

    private static Task<Script> StartScriptAsync(string language, string endpoint, string secret) => language == "python"
        ? Script.PythonAsync(endpoint, AccessConfigurations.AccessKeyId, secret)
        : Task.FromResult(Script.Node(endpoint, AccessConfigurations.AccessKeyId, secret));

    private static Task<TestGateway> StartAsync(Dictionary<string, string?>? settings = null, Microsoft.Extensions.Time.Testing.FakeTimeProvider? clock = null)
    {
        var both = AccessConfigurations.OneKey;
        both["Gateway:BearerTokens:0"] = Token;
        return TestGateway.StartAsync(_ => Configurations.Silent(), clock, settings: settings ?? both);
    }

    private static string PathOf(TestGateway gateway) => $"/prod/@connections/{Uri.EscapeDataString(gateway.TheConnection().Id.ToString())}";

    private static string Url(TestGateway gateway) => $"http://127.0.0.1:{gateway.Port}{PathOf(gateway)}";

    private static HttpRequestMessage Signed(
        HttpMethod method, string url, string? body = null, AwsCredential? credential = null, string region = "us-east-1", DateTimeOffset? at = null)
    {
        var request = new HttpRequestMessage(method, url);
        var bytes = Encoding.UTF8.GetBytes(body ?? "");
        if (body is not null)
        {
            request.Content = new ByteArrayContent(bytes);
        }

        new SigV4Signer().Sign(request, bytes, credential ?? Key, "execute-api", region, at ?? TimeProvider.System.GetUtcNow());
        return request;
    }

    private static async Task<HttpResponseMessage> SendAsync(TestGateway gateway, HttpRequestMessage request)
    {
        using (request)
        {
            return await gateway.Http.SendAsync(request, TestContext.Current.CancellationToken);
        }
    }

    private static async Task AssertForbiddenAsync(HttpResponseMessage answer, string errorType)
    {
        Assert.Equal(HttpStatusCode.Forbidden, answer.StatusCode);
        Assert.Equal(errorType, answer.Headers.GetValues("x-amzn-ErrorType").Single());
        var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsObject();
        Assert.Equal("message", Assert.Single(body).Key);
    }
}
