using RealtimeGateway.Apis;
using RealtimeGateway.ConformanceTests.Harness;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;

namespace RealtimeGateway.ConformanceTests.Section3Integrations;

/// <summary>
/// Other services of AWS, called as their own SDKs call them
/// (https://docs.aws.amazon.com/apigateway/latest/api/API_PutIntegration.html on integration URIs, and each service's API reference).
/// </summary>
[Trait("Section", "3.5")]
public sealed class AwsServiceTests
{
    private const string Body = """{"action":"order","id":"7","text":"a & b"}""";

    /// <summary>DynamoDB: JSON 1.0, the action in <c>X-Amz-Target</c>.</summary>
    [Fact]
    public async Task Writes_ToDynamoDb()
    {
        var call = await CallAsync("arn:aws:apigateway:us-east-1:dynamodb:action/PutItem", """
            {"TableName":"orders","Item":{"id":{"S":"$input.path('$.id')"},"conn":{"S":"$context.connectionId"}}}
            """);
        Assert.Equal("/", call.RawTarget);
        Assert.Equal("DynamoDB_20120810.PutItem", call.Headers["X-Amz-Target"].ToString());
        Assert.Equal("application/x-amz-json-1.0", call.Headers["Content-Type"].ToString());
        Assert.Equal("orders", call.Json["TableName"]!.ToString());
        Assert.Equal("7", call.Json["Item"]!["id"]!["S"]!.ToString());
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "dynamodb", "us-east-1"));
    }

    /// <summary>Step Functions: likewise, under the name <c>states</c>.</summary>
    [Fact]
    public async Task Starts_StateMachine()
    {
        var call = await CallAsync("arn:aws:apigateway:eu-west-1:states:action/StartExecution", """
            {"stateMachineArn":"arn:aws:states:eu-west-1:123456789012:stateMachine:orders","input":"$util.escapeJavaScript($input.body)"}
            """);
        Assert.Equal("AWSStepFunctions.StartExecution", call.Headers["X-Amz-Target"].ToString());
        Assert.Equal(Body, call.Json["input"]!.ToString());
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "states", "eu-west-1"));
    }

    /// <summary>EventBridge and Kinesis: JSON as well, each with its own target.</summary>
    [Theory]
    [InlineData("events", "PutEvents", "AWSEvents.PutEvents")]
    [InlineData("kinesis", "PutRecord", "Kinesis_20131202.PutRecord")]
    [InlineData("firehose", "PutRecord", "Firehose_20150804.PutRecord")]
    public async Task Calls_JsonService(string service, string action, string target)
    {
        var call = await CallAsync($"arn:aws:apigateway:us-east-1:{service}:action/{action}", "{}");
        Assert.Equal(target, call.Headers["X-Amz-Target"].ToString());
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, service, "us-east-1"));
    }

    /// <summary>SQS by the path of a queue: a form made by template, as AWS's own examples have it.</summary>
    [Fact]
    public async Task Sends_ToAQueue()
    {
        var call = await CallAsync(
            "arn:aws:apigateway:us-east-1:sqs:path/123456789012/orders",
            "Action=SendMessage&MessageBody=$util.urlEncode($input.body)",
            ("integration.request.header.Content-Type", "'application/x-www-form-urlencoded'"));
        Assert.Equal("/123456789012/orders", call.RawTarget);
        Assert.Equal("application/x-www-form-urlencoded", call.Headers["Content-Type"].ToString());
        Assert.StartsWith("Action=SendMessage&MessageBody=%7B%22action%22", call.Text, StringComparison.Ordinal);
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "sqs", "us-east-1"));
    }

    /// <summary>SNS by its action: the query protocol, with parameters mapped from the message.</summary>
    [Fact]
    public async Task Publishes_ToATopic()
    {
        var call = await CallAsync(
            "arn:aws:apigateway:us-east-1:sns:action/Publish",
            "",
            ("integration.request.querystring.TopicArn", "'arn:aws:sns:us-east-1:123456789012:orders'"),
            ("integration.request.querystring.Message", "route.request.body.text"));
        Assert.Equal("/?Action=Publish&Message=a%20%26%20b&TopicArn=arn%3Aaws%3Asns%3Aus-east-1%3A123456789012%3Aorders", call.RawTarget);
        Assert.Equal(SigV4Outcome.Verified, SignedCall.Verify(call, "sns", "us-east-1"));
    }

    /// <summary>S3 by the path of an object, with PUT; the signature covers the path as it was sent.</summary>
    [Fact]
    public async Task Puts_AnObject()
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Aws,
            Method = "PUT",
            Uri = "arn:aws:apigateway:us-east-1:s3:path/bucket/{key}",
            RequestParameters = Scene.Map(("integration.request.path.key", "route.request.body.id")),
        }));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"id":"a b"}""");
        var call = await gateway.Backend.NextAsync();
        Assert.Equal("PUT", call.Method);
        Assert.Equal("/bucket/a%20b", call.RawTarget);
        Assert.StartsWith("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/", call.Headers["Authorization"].ToString(), StringComparison.Ordinal);
    }

    private static async Task<BackendCall> CallAsync(string uri, string template, params (string, string)[] parameters)
    {
        await using var gateway = await TestGateway.StartAsync(Scene.Of(new Integration
        {
            Id = "backend",
            Type = IntegrationType.Aws,
            Uri = uri,
            RequestTemplates = Scene.Map((Route.Default, template)),
            RequestParameters = Scene.Map(parameters),
            Responses =
            [
                new IntegrationResponse { Key = @"/4\d\d/", ResponseTemplates = Scene.Map((Route.Default, "failed: $input.path('$.message')")) },
                new IntegrationResponse { Key = Route.Default, ResponseTemplates = Scene.Map((Route.Default, "done")) },
            ],
        }));
        gateway.Backend.Answer = static call => Task.FromResult(
            call.Text.Contains("bad", StringComparison.Ordinal) ? BackendAnswer.Of("""{"message":"no such thing"}""", 400) : BackendAnswer.Of("{}"));
        using var client = await gateway.ConnectAsync();
        Assert.Equal("done", await client.AskAsync(Body));
        return await gateway.Backend.NextAsync();
    }
}
