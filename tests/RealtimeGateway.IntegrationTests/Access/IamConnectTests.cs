using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

/// <summary>Routes of the type AWS_IAM, with handshakes that botocore signed.</summary>
public sealed class IamConnectTests
{
    [Fact]
    public async Task Connect_SignedByBotocore_ShowsTheCaller()
    {
        await using var gateway = await StartAsync(AccessConfigurations.OneKey);
        await using var python = await Script.PythonAsync(Url(gateway), AccessConfigurations.AccessKeyId, AccessConfigurations.Secret);

        foreach (var presigned in new[] { true, false })
        {
            using var client = await ConnectAsync(gateway, python, presigned, "/prod?room=blue&tag=a%20b");
            Assert.Equal(101, client.Status);

            var shown = (await gateway.Backend.NextAsync("CONNECT")).Json;
            Assert.Equal("arn:aws:iam::123456789012:user/AKIDEXAMPLE", (string?)shown["requestContext"]!["identity"]!["userArn"]);
            Assert.Equal(
                ["accountId", "caller", "user", "userArn", "accessKey", "sourceIp"],
                shown["requestContext"]!["identity"]!.AsObject().Select(member => member.Key));
            Assert.Equal("blue", (string?)shown["queryStringParameters"]!["room"]);
            Assert.False(shown["requestContext"]!.AsObject().ContainsKey("authorizer"));

            await client.SendTextAsync("""{"action":"two"}""");
            var message = await gateway.Backend.NextAsync("MESSAGE");
            Assert.Equal("AKIDEXAMPLE", (string?)message.Json["requestContext"]!["identity"]!["accessKey"]);
        }
    }

    [Fact]
    public async Task Connect_BadSignature_IsForbiddenAtTheFrontDoor()
    {
        await using var gateway = await StartAsync(AccessConfigurations.OneKey);
        await using var stranger = await Script.PythonAsync(Url(gateway), "AKIDNOBODY", AccessConfigurations.Secret);
        await using var forger = await Script.PythonAsync(Url(gateway), AccessConfigurations.AccessKeyId, "another-secret");

        using var unsigned = await gateway.ConnectAsync();
        AssertRefused(unsigned, "MissingAuthenticationTokenException", "message", "Missing Authentication Token");
        using var bearer = await gateway.ConnectAsync("/prod", "Authorization: Bearer 0123456789abcdef");
        Assert.Equal(403, bearer.Status);
        using var unknown = await ConnectAsync(gateway, stranger, presigned: true, "/prod");
        AssertRefused(unknown, "UnrecognizedClientException", "message", "The security token included in the request is invalid.");
        using var forged = await ConnectAsync(gateway, forger, presigned: false, "/prod");
        AssertRefused(forged, "InvalidSignatureException", "message", null);
        using var presigned = await ConnectAsync(gateway, forger, presigned: true, "/prod");
        AssertRefused(presigned, "InvalidSignatureException", "message", null);
        Assert.Empty(gateway.Backend.Calls);
    }

    [Fact]
    public async Task Connect_PresignedForAnotherPath_IsForbidden()
    {
        await using var gateway = await StartAsync(AccessConfigurations.OneKey);
        await using var python = await Script.PythonAsync(Url(gateway), AccessConfigurations.AccessKeyId, AccessConfigurations.Secret);
        var url = await PresignAsync(gateway, python, "/prod?room=blue");

        using var changed = await gateway.ConnectAsync(url.PathAndQuery.Replace("blue", "red", StringComparison.Ordinal));
        AssertRefused(changed, "InvalidSignatureException", "message", null);
        using var same = await gateway.ConnectAsync(url.PathAndQuery);
        Assert.Equal(101, same.Status);
    }

    [Theory]
    [InlineData("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:chat/prod/$connect", true)]
    [InlineData("execute-api:ManageConnections", "*", false)]
    [InlineData("execute-api:Invoke", "arn:aws:execute-api:us-east-1:123456789012:chat/dev/*", false)]
    public async Task Connect_PolicyOfTheKey_Decides(string action, string resource, bool isAllowed)
    {
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Credentials:0:Policy"] =
            $$"""{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "{{action}}", "Resource": "{{resource}}"} }""";
        await using var gateway = await StartAsync(settings);
        await using var python = await Script.PythonAsync(Url(gateway), AccessConfigurations.AccessKeyId, AccessConfigurations.Secret);

        using var client = await ConnectAsync(gateway, python, presigned: true, "/prod");

        if (isAllowed)
        {
            Assert.Equal(101, client.Status);
            return;
        }

        AssertRefused(
            client,
            "AccessDeniedException",
            "Message",
            "User: arn:aws:iam::123456789012:user/AKIDEXAMPLE is not authorized to perform: execute-api:Invoke on resource: "
            + "arn:aws:execute-api:us-east-1:********9012:chat/prod/$connect because no identity-based policy allows the execute-api:Invoke action");
    }

    [Fact]
    public async Task Connect_NoKeyConfigured_IsForbidden()
    {
        await using var gateway = await StartAsync([]);
        await using var python = await Script.PythonAsync(Url(gateway), AccessConfigurations.AccessKeyId, AccessConfigurations.Secret);

        using var client = await ConnectAsync(gateway, python, presigned: true, "/prod");

        AssertRefused(client, "UnrecognizedClientException", "message", null);
    }

    internal static async Task<TestGateway> StartAsync(Dictionary<string, string?> settings, Func<Stage, Stage>? stage = null)
    {
        var gateway = await TestGateway.StartAsync(
            _ => AccessConfigurations.Of(connect => connect with { AuthorizationType = AuthorizationType.AwsIam }).WithStage(stage), settings: settings);
        gateway.Backend.Answer = _ => Task.FromResult(AccessConfigurations.Fine);
        return gateway;
    }

    internal static string Url(TestGateway gateway) => $"http://127.0.0.1:{gateway.Port}/prod";

    private static async Task<Uri> PresignAsync(TestGateway gateway, Script python, string path)
    {
        var answer = await python.AskAsync(new JsonObject { ["command"] = "presign", ["url"] = $"http://127.0.0.1:{gateway.Port}{path}" });
        return new Uri((string)answer["url"]!);
    }

    internal static async Task<RawWebSocket> ConnectAsync(TestGateway gateway, Script python, bool presigned, string path)
    {
        if (presigned)
        {
            return await gateway.ConnectAsync((await PresignAsync(gateway, python, path)).PathAndQuery);
        }

        var answer = await python.AskAsync(new JsonObject { ["command"] = "sign", ["url"] = $"http://127.0.0.1:{gateway.Port}{path}" });
        return await gateway.ConnectAsync(path, [.. answer["headers"]!.AsObject().Select(header => $"{header.Key}: {header.Value}")]);
    }

    private static void AssertRefused(RawWebSocket client, string errorType, string member, string? message)
    {
        Assert.Equal(403, client.Status);
        Assert.Equal(errorType, client.Header("x-amzn-ErrorType"));
        Assert.NotNull(client.Header("x-amzn-RequestId"));
        var only = Assert.Single(AccessConfigurations.BodyOf(client));
        Assert.Equal(member, only.Key);
        Assert.Equal(message ?? (string?)only.Value, (string?)only.Value);
    }
}
