using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Access;

/// <summary>APIs with somebody at the door. Every route goes to the Lambda function of the test's back end.</summary>
internal static class AccessConfigurations
{
    public const string AuthorizerArn = "arn:aws:lambda:us-east-1:123456789012:function:auth";
    public const string AccessKeyId = "AKIDEXAMPLE";
    public const string Secret = "a-secret-of-nobody";

    /// <summary>Settings with one key.</summary>
    public static Dictionary<string, string?> OneKey => new()
    {
        ["Gateway:AccountId"] = "123456789012",
        ["Gateway:Credentials:0:AccessKeyId"] = AccessKeyId,
        ["Gateway:Credentials:0:SecretAccessKey"] = Secret,
    };

    /// <summary>The usual API, with another <c>$connect</c> and whatever else a test changes.</summary>
    public static GatewayConfiguration Of(Func<Route, Route> connect, Func<Api, Api>? api = null)
    {
        var usual = Configurations.Lambda();
        var chat = usual.Apis[0];
        chat = chat with { Routes = [.. chat.Routes.Select(route => route.RouteKey == Route.Connect ? connect(route) : route)] };
        return usual with { Apis = [api?.Invoke(chat) ?? chat] };
    }

    /// <summary>The usual API behind one authorizer.</summary>
    public static GatewayConfiguration Of(Authorizer authorizer) => Of(
        connect => connect with
        {
            AuthorizationType = authorizer.Type == AuthorizerType.Jwt ? AuthorizationType.Jwt : AuthorizationType.Custom, AuthorizerId = authorizer.Id,
        },
        api => api with { Authorizers = [authorizer] });

    /// <summary>The same with another stage.</summary>
    public static GatewayConfiguration WithStage(this GatewayConfiguration configuration, Func<Stage, Stage>? stage)
    {
        var api = configuration.Apis[0];
        return stage is null ? configuration : configuration with { Apis = [api with { Stages = [stage(api.Stages[0])] }] };
    }

    /// <summary>Whether the gateway asks the authorizer, and not the back end.</summary>
    public static bool IsAuthorizer(this BackendCall call) => WebUtility.UrlDecode(call.RawTarget).Contains(AuthorizerArn, StringComparison.Ordinal);

    /// <summary>What the back end's function answers to everything: fine.</summary>
    public static BackendAnswer Fine { get; } = BackendAnswer.Of("""{"statusCode": 200, "body": "hello"}""");

    public static JsonObject BodyOf(RawWebSocket refused) => JsonNode.Parse(Encoding.UTF8.GetString(refused.Body))!.AsObject();

    /// <summary>The answer is a refusal in the gateway's own words, with the ids of AWS's.</summary>
    public static void AssertRefused(RawWebSocket client, int status, string? message)
    {
        Assert.Equal(status, client.Status);
        var body = BodyOf(client);
        Assert.Equal(["message", "connectionId", "requestId"], body.Select(member => member.Key));
        Assert.Equal(message, (string?)body["message"]);
        Assert.Matches("^[A-Za-z0-9_-]{18}==$", (string?)body["connectionId"]);
        Assert.Equal((string?)body["requestId"], client.Header("x-amz-apigw-id"));
        Assert.Equal("application/json; charset=UTF-8", client.Header("Content-Type"));
    }
}
