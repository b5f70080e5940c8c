using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;

namespace RealtimeGateway.ConformanceTests.Section3Integrations;

/// <summary>
/// Lambda functions without the proxy's envelope, and how every function is called
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-integrations-request.html).
/// </summary>
[Trait("Section", "3.5")]
public sealed class LambdaTests
{
    private const string Invocation = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/" + Configurations.FunctionArn + "/invocations";

    /// <summary>The function gets the message and no event; what it returns is the frame, text quotes included.</summary>
    [Theory]
    [InlineData(Configurations.FunctionArn)]
    [InlineData(Invocation)]
    public async Task Sends_RawMessage_AndTakesRawAnswer(string uri)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration { Id = "backend", Type = IntegrationType.Aws, Uri = uri }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("\"as it is\""));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("\"as it is\"", await client.AskAsync("""{"action":"x"}"""));

        var call = await gateway.Backend.NextAsync();
        Assert.Equal("""{"action":"x"}""", call.Text);
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "lambda", "us-east-1"));
        Assert.Equal("AmazonAPIGateway_chat", call.Headers["User-Agent"].ToString());
        Assert.Matches("^Root=1-[0-9a-f]{8}-[0-9a-f]{24}$", call.Headers["X-Amzn-Trace-Id"].ToString());
    }

    /// <summary>A function without integration responses that throws costs its message an error frame.</summary>
    [Fact]
    public async Task Answers_InternalServerError_WhenTheFunctionThrows()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.Aws, Uri = Configurations.FunctionArn }));
        gateway.Backend.Answer = static _ => Task.FromResult(
            new BackendAnswer(200, """{"errorMessage":"secret"}"""u8.ToArray(), ("X-Amz-Function-Error", "Unhandled")));
        using var client = await gateway.ConnectAsync();
        var frame = await client.AskAsync("{}");
        Assert.StartsWith("""{"message": "Internal server error",""", frame, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", frame, StringComparison.Ordinal);
    }

    /// <summary>
    /// By a mapped header the function is called asynchronously
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-integration-async.html); Lambda then answers 202 without a body.
    /// </summary>
    [Fact]
    public async Task Calls_Asynchronously_WhereMapped()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Aws,
            Uri = Configurations.FunctionArn,
            RequestParameters = Scene.Map(("integration.request.header.X-Amz-Invocation-Type", "'Event'")),
            Responses = [new IntegrationResponse { Key = Route.Default, ResponseTemplates = Scene.Map((Route.Default, "accepted")) }],
        }));
        gateway.Backend.Answer = static _ => Task.FromResult(new BackendAnswer(202, []));
        using var client = await gateway.ConnectAsync();

        Assert.Equal("accepted", await client.AskAsync("{}"));
        var call = await gateway.Backend.NextAsync();
        Assert.Equal("Event", call.Headers["X-Amz-Invocation-Type"].ToString());
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "lambda", "us-east-1"));
    }

    /// <summary>A stage variable names the alias, so that stages call different versions.</summary>
    [Fact]
    [Trait("Section", "7.4")]
    public async Task Calls_TheAliasOfTheStage()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration { Id = "backend", Type = IntegrationType.AwsProxy, Uri = Configurations.FunctionArn + ":${stageVariables.alias}" },
            stage: static stage => stage with { Variables = Scene.Map(("alias", "live")) }));
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200,"body":"ok"}"""));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("ok", await client.AskAsync("{}"));
        Assert.EndsWith("function%3Achat%3Alive/invocations", (await gateway.Backend.NextAsync()).RawTarget, StringComparison.Ordinal);
    }

    /// <summary>A role is assumed for the call, and its temporary keys sign it.</summary>
    [Fact]
    [Trait("Section", "3.1")]
    public async Task Assumes_TheRoleOfTheIntegration()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(
            new Integration
            {
                Id = "backend", Type = IntegrationType.AwsProxy, Uri = Configurations.FunctionArn, CredentialsArn = "arn:aws:iam::123456789012:role/${stageVariables.role}",
            },
            stage: static stage => stage with { Variables = Scene.Map(("role", "invoker")) }));
        gateway.Backend.Answer = static call => Task.FromResult(call.RawTarget == "/"
            ? BackendAnswer.Of("""
                <AssumeRoleResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><AssumeRoleResult><Credentials><AccessKeyId>ASIAEXAMPLE</AccessKeyId>
                <SecretAccessKey>temporary</SecretAccessKey><SessionToken>token</SessionToken><Expiration>2100-01-01T00:00:00Z</Expiration></Credentials>
                </AssumeRoleResult></AssumeRoleResponse>
                """)
            : BackendAnswer.Of("""{"statusCode":200,"body":"ok"}"""));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("ok", await client.AskAsync("{}"));
        Assert.Equal("ok", await client.AskAsync("{}"));

        var assume = await gateway.Backend.NextAsync();
        Assert.Contains("RoleArn=arn%3Aaws%3Aiam%3A%3A123456789012%3Arole%2Finvoker", assume.Text, StringComparison.Ordinal);
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(assume, "sts", "us-east-1"));
        var invoke = await gateway.Backend.NextAsync();
        Assert.Equal("token", invoke.Headers["X-Amz-Security-Token"].ToString());
        Assert.Equal(
            SigV4Outcome.Verified, SignedCall.Verify(invoke, "lambda", "us-east-1", new AwsCredential("ASIAEXAMPLE", "temporary", "token")));
        Assert.Equal(3, gateway.Backend.Calls.Count);
    }

    /// <summary>The caller's own credentials, which REST APIs can pass on, are refused when the API is made.</summary>
    [Fact]
    [Trait("Section", "3.1")]
    public async Task Refuses_TheCallersCredentials()
    {
        var refusal = await Assert.ThrowsAnyAsync<Exception>(static () =>
            TestGateway.StartAsync(Scene.Of(Scene.Lambda() with { CredentialsArn = "arn:aws:iam::*:user/*" })));
        Assert.Contains("name a role", refusal.Message, StringComparison.Ordinal);
    }
}
