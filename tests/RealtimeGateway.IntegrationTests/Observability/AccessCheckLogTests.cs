using System.Globalization;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Access;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.Signing;

namespace RealtimeGateway.IntegrationTests.Observability;

/// <summary>
/// What the access log says of the checks of a handshake: signature or token, authorizer, policy
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html).
/// </summary>
public sealed class AccessCheckLogTests
{
    private const string ExplicitDeny = "User is not authorized to access this resource with an explicit deny in an identity-based policy";
    private const string Format = """
        {"request":"$context.requestId","status":"$context.status","error":$context.error.messageString,"errorType":"$context.error.responseType","authenticate":["$context.authenticate.status","$context.authenticate.error"],"authorize":["$context.authorize.status","$context.authorize.error"],"authorizer":["$context.authorizer.status","$context.authorizer.error","$context.authorizer.integrationStatus","$context.authorizer.requestId"],"latencies":["$context.authenticate.latency","$context.authorize.latency","$context.authorizer.latency","$context.authorizer.integrationLatency"],"waf":"$context.waf.status$context.waf.error$context.waf.latency","type":"$context.eventType"}
        """;

    private static readonly string[] Unasked = ["-", "-", "-", "-"];

    [Fact]
    public async Task Logs_LambdaAuthorizer_AllowedDeniedAndFailing()
    {
        using var log = new LogFile { Format = Format };
        var answer = BackendAnswer.Ok;
        var authorizer = LambdaAuthorizerTests.Asked with { IdentitySources = ["route.request.querystring.token"] };
        await using var gateway = await LambdaAuthorizerTests.StartAsync(authorizer, _ => answer, log.LogHere);
        (string, string)[] named = [("x-amzn-RequestId", "call-7")];
        (string, string)[] failed = [("X-Amz-Function-Error", "Unhandled")];
        // Open until all is read, so that no DISCONNECT is among the lines.
        var clients = new List<RawWebSocket>();
        foreach (var given in (BackendAnswer[])
        [
            LambdaAuthorizerTests.Policy(LambdaAuthorizerTests.Statement("Allow", "*")) with { Headers = named },
            LambdaAuthorizerTests.Policy(LambdaAuthorizerTests.Statement("Deny", "*")) with { Headers = named },
            BackendAnswer.Of("""{"errorMessage": "Unauthorized"}""") with { Headers = failed },
            BackendAnswer.Of("""{"errorMessage": "no \"table\""}""") with { Headers = failed },
            BackendAnswer.Of("{}", 404),
            BackendAnswer.Of("[]"),
        ])
        {
            answer = given;
            clients.Add(await gateway.ConnectAsync("/prod?token=x"));
        }

        using var nobody = await gateway.ConnectAsync();
        var lines = await log.ReadAsync(7);
        clients.ForEach(static client => client.Dispose());

        Assert.Equal(["200", "403", "401", "500", "500", "500", "401"], lines.Select(line => (string?)line["status"]));
        Assert.Equal(["200", "200", "401", "500", "500", "500", "-"], lines.Select(line => List(line, "authorizer")[0]));
        Assert.Equal(
            ["-", "-", "Unauthorized", "no \"table\"", "The call of the authorizer was refused: 404", "The authorizer did not answer with a policy and a flat context.", "-"],
            lines.Select(line => List(line, "authorizer")[1]));
        Assert.Equal(["200", "200", "200", "200", "404", "200", "-"], lines.Select(line => List(line, "authorizer")[2]));
        Assert.Equal(["call-7", "call-7", "-", "-", "-", "-", "-"], lines.Select(line => List(line, "authorizer")[3]));
        Assert.Equal(["200", "403", "-", "-", "-", "-", "-"], lines.Select(line => List(line, "authorize")[0]));
        Assert.Equal(["-", ExplicitDeny, "-", "-", "-", "-", "-"], lines.Select(line => List(line, "authorize")[1]));
        Assert.All(lines, line => Assert.Equal(["-", "-"], List(line, "authenticate")));
        Assert.All(lines, line => Assert.Equal("---", (string?)line["waf"]));
        Assert.All(lines[..2], line => Assert.Equal([false, true, true, true], AreNumbers(line)));
        Assert.All(lines[2..6], line => Assert.Equal([false, false, true, true], AreNumbers(line)));
        // The whole is not shorter than the call in it.
        Assert.All(lines[..6], line => Assert.True(long.Parse(List(line, "latencies")[2], CultureInfo.InvariantCulture) >= long.Parse(List(line, "latencies")[3], CultureInfo.InvariantCulture)));
        Assert.Empty(gateway.Log.Errors);
    }

    [Theory]
    [InlineData("prod", true)]
    [InlineData("dev", false)]
    public async Task Logs_Iam_UnsignedAndAllowedOrDenied(string stage, bool isAllowed)
    {
        using var log = new LogFile { Format = Format };
        var settings = AccessConfigurations.OneKey;
        settings["Gateway:Credentials:0:Policy"] =
            """{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "execute-api:Invoke", "Resource": "arn:aws:execute-api:*:*:chat/prod/*"}}""";
        await using var gateway = await IamConnectTests.StartAsync(settings, prod => log.LogHere(prod) with { Name = stage });

        using var unsigned = await gateway.ConnectAsync("/" + stage);
        using var signed = await gateway.ConnectAsync(Presign(gateway, stage));
        var lines = await log.ReadAsync(2);

        var words = "User: arn:aws:iam::123456789012:user/AKIDEXAMPLE is not authorized to perform: execute-api:Invoke on resource: "
            + $"arn:aws:execute-api:us-east-1:********9012:chat/{stage}/$connect because no identity-based policy allows the execute-api:Invoke action";
        Assert.Equal((403, isAllowed ? 101 : 403), (unsigned.Status, signed.Status));
        Assert.Equal(["Missing Authentication Token", isAllowed ? null : words], lines.Select(line => (string?)line["error"]));
        Assert.Equal(["MISSING_AUTHENTICATION_TOKEN", isAllowed ? "-" : "ACCESS_DENIED"], lines.Select(line => (string?)line["errorType"]));
        Assert.Equal([["403", "Missing Authentication Token"], ["200", "-"]], lines.Select(line => List(line, "authenticate")));
        Assert.Equal([["-", "-"], isAllowed ? ["200", "-"] : ["403", words]], lines.Select(line => List(line, "authorize")));
        Assert.All(lines, line => Assert.Equal(Unasked, List(line, "authorizer")));
        Assert.Equal([true, false, false, false], AreNumbers(lines[0]));
        Assert.Equal([true, true, false, false], AreNumbers(lines[1]));
    }

    [Fact]
    public async Task Logs_Jwt_AllowedDeniedAndWithoutScope()
    {
        using var log = new LogFile { Format = Format };
        await using var gateway = await JwtConnectTests.StartAsync(authorizer => authorizer with { Scopes = ["chat"] }, stage: log.LogHere);
        var clients = new List<RawWebSocket>();
        foreach (var claims in (JsonObject[])
        [
            new() { ["scope"] = "chat" }, new() { ["scope"] = "other" }, new() { ["scope"] = "chat", ["exp"] = 1_000_000_000 },
        ])
        {
            clients.Add(await gateway.ConnectAsync("/prod", "Authorization: Bearer " + JwtConnectTests.Token(gateway, claims)));
        }

        using var without = await gateway.ConnectAsync();
        var lines = await log.ReadAsync(4);
        clients.ForEach(static client => client.Dispose());

        const string NoScope = "The token has none of the scopes.";
        const string Expired = "The token has expired.";
        const string NoToken = "There is no token.";
        Assert.Equal(["200", "403", "401", "401"], lines.Select(line => (string?)line["status"]));
        Assert.Equal(["-", "ACCESS_DENIED", "UNAUTHORIZED", "UNAUTHORIZED"], lines.Select(line => (string?)line["errorType"]));
        Assert.Equal([["200", "-"], ["200", "-"], ["401", Expired], ["401", NoToken]], lines.Select(line => List(line, "authenticate")));
        Assert.Equal(
            [["200", "-", "-", "-"], ["403", NoScope, "-", "-"], ["401", Expired, "-", "-"], ["401", NoToken, "-", "-"]],
            lines.Select(line => List(line, "authorizer")));
        Assert.All(lines, line => Assert.Equal(["-", "-"], List(line, "authorize")));
        Assert.All(lines, line => Assert.Equal([true, false, true, false], AreNumbers(line)));
    }

    [Fact]
    public async Task Logs_Nothing_WhereNobodyIsAsked()
    {
        using var log = new LogFile { Format = Format };
        await using var gateway = await TestGateway.StartAsync(_ => Configurations.Silent(log.LogHere));
        using var client = await gateway.ConnectAsync();
        var line = Assert.Single(await log.ReadAsync(1));

        Assert.Equal(Unasked, List(line, "latencies"));
        Assert.Equal(Unasked, List(line, "authorizer"));
        Assert.Equal(["-", "-", "-", "-"], (string[])[.. List(line, "authenticate"), .. List(line, "authorize")]);
    }

    private static string Presign(TestGateway gateway, string stage) => new SigV4Signer().Presign(
        HttpMethod.Get,
        new Uri($"http://127.0.0.1:{gateway.Port}/{stage}"),
        new AwsCredential(AccessConfigurations.AccessKeyId, AccessConfigurations.Secret, null),
        "execute-api",
        "us-east-1",
        TimeProvider.System.GetUtcNow(),
        TimeSpan.FromMinutes(1)).PathAndQuery;

    private static string[] List(JsonObject line, string name) => [.. line[name]!.AsArray().Select(item => (string)item!)];

    private static bool[] AreNumbers(JsonObject line) =>
        [.. List(line, "latencies").Select(text => long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))];
}
