using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Messages;

/// <summary>
/// From a frame to its route and back
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-develop-routes.html).
/// </summary>
public sealed class MessageTests
{
    private static readonly Func<BackendCall, Task<BackendAnswer>> Echo =
        static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? $"{call.Headers["x-rg-route-key"]}|{call.Text}" : ""));

    [Theory]
    [InlineData("""{"action":"two"}""", "two")]
    [InlineData("""{"text":"x","action":"two"}""", "two")]
    [InlineData("""{"action":"unknown"}""", "$default")]
    [InlineData("""{"action":"TWO"}""", "$default")]
    [InlineData("""{"action":"$connect"}""", "$default")]
    [InlineData("""{"action":"$disconnect"}""", "$default")]
    [InlineData("""{"action":null}""", "$default")]
    [InlineData("""{"action":{"two":1}}""", "$default")]
    [InlineData("""{}""", "$default")]
    [InlineData("""plain words""", "$default")]
    [InlineData("""{"action":"two" """, "$default")]
    [InlineData("", "$default")]
    // Amazon reads what is nearly JSON, and passes it on unchanged.
    [InlineData("""{action: "two"}""", "two")]
    [InlineData("""{"action":"two", body:"hello"}""", "two")]
    public async Task Selects_RouteByTheBody_AndPassesItOnUnchanged(string body, string route)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = Echo;
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync(body);
        Assert.Equal($"{route}|{body}", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Reads_StrictJsonOnly_WhereTheApiSaysSo()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
        {
            var configuration = Configurations.Http(backend);
            return configuration with { Apis = [configuration.Apis[0] with { LenientJson = false }] };
        });
        gateway.Backend.Answer = Echo;
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync("""{action: "two"}""");
        Assert.Equal("""$default|{action: "two"}""", await client.ReadTextAsync());
    }

    /// <summary>The bytes of Amazon's error frame: a space after the first colon and after each comma, and none elsewhere.</summary>
    [Fact]
    public async Task Answers_Forbidden_WhenNoRouteTakesTheMessage()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
        {
            var configuration = Configurations.Http(backend);
            var api = configuration.Apis[0];
            return configuration with { Apis = [api with { Routes = [.. api.Routes.Where(route => route.RouteKey != Route.Default)] }] };
        });
        gateway.Backend.Answer = Echo;
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;

        await client.SendTextAsync("nobody takes this");
        Assert.Matches(
            $$"""^\{"message": "Forbidden", "connectionId":"{{id}}", "requestId":"[A-Za-z0-9_-]{15}="\}$""", await client.ReadTextAsync());
        await client.SendTextAsync("""{"action":"two"}""");
        Assert.Equal("""two|{"action":"two"}""", await client.ReadTextAsync());
    }

    /// <summary>A failing integration costs its message an error frame, also on a one-way route, and never the connection.</summary>
    [Theory]
    [InlineData("two")]
    [InlineData("one")]
    public async Task Answers_InternalServerError_WhenTheIntegrationFails(string route)
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(call.EventType == "MESSAGE" ? BackendAnswer.Cut : BackendAnswer.Ok);
        using var client = await gateway.ConnectAsync();
        var id = gateway.TheConnection().Id;

        await client.SendTextAsync($$"""{"action":"{{route}}"}""");
        var frame = await client.ReadTextAsync();
        var requestId = (await gateway.Backend.NextAsync("MESSAGE")).Headers["x-rg-request-id"];
        Assert.Equal($$"""{"message": "Internal server error", "connectionId":"{{id}}", "requestId":"{{requestId}}"}""", frame);

        gateway.Backend.Answer = Echo;
        await client.SendTextAsync("still here");
        Assert.Equal("$default|still here", await client.ReadTextAsync());
        Assert.Empty(gateway.Log.Errors);
    }

    [Fact]
    public async Task Answers_TimedOut_WhenTheIntegrationTakesTooLong()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
            Configurations.Http(backend, integration: static integration => integration with { Timeout = TimeSpan.FromMilliseconds(50) }));
        var never = new TaskCompletionSource<BackendAnswer>();
        gateway.Backend.Answer = call => call.EventType == "MESSAGE" && call.Text != "again" ? never.Task : Echo(call);
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync("""{"action":"one"}""");
        Assert.StartsWith("""{"message": "Endpoint request timed out", "connectionId":""", await client.ReadTextAsync(), StringComparison.Ordinal);
        await client.SendTextAsync("again");
        Assert.Equal("$default|again", await client.ReadTextAsync());
    }

    [Fact]
    public async Task Answers_InternalServerError_WhenTheAnswerIsTooBig()
    {
        await using var gateway = await TestGateway.StartAsync(static backend =>
            Configurations.Http(backend, integration: static integration => integration with { MaxResponseBytes = 100 }));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? new string('x', call.Text == "fits" ? 100 : 101) : ""));
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync("too much");
        Assert.StartsWith("""{"message": "Internal server error",""", await client.ReadTextAsync(), StringComparison.Ordinal);
        await client.SendTextAsync("fits");
        Assert.Equal(new string('x', 100), await client.ReadTextAsync());
    }

    /// <summary>A two-way route sends the answer back whatever its status; a one-way route drops it.</summary>
    [Fact]
    public async Task Sends_AnswerBack_OnTwoWayRoutesOnly()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = static call => Task.FromResult(call.EventType == "MESSAGE" ? BackendAnswer.Of($"answer to {call.Text}", 503) : BackendAnswer.Ok);
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync("""{"action":"one"}""");
        await client.SendTextAsync("""{"action":"silent"}""");
        _ = await gateway.Backend.NextAsync("MESSAGE");
        await client.SendTextAsync("second");
        Assert.Equal("answer to second", await client.ReadTextAsync());
    }

    /// <summary>
    /// The <c>body</c> of a function is the frame
    /// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-route-response.html).
    /// </summary>
    [Theory]
    [InlineData("""{"statusCode":200,"body":"hi \u00fc"}""", "hi ü")]
    [InlineData("""{"statusCode":"200","body":"text status"}""", "text status")]
    [InlineData("""{"statusCode":503,"body":"{\"sorry\":1}"}""", """{"sorry":1}""")]
    [InlineData("""{"statusCode":200,"body":"aGVsbG8=","isBase64Encoded":true}""", "hello")]
    [InlineData("""{"statusCode":200,"body":""}""", "")]
    [InlineData("""{"statusCode":200,"body":{"not":"text"}}""", null)]
    [InlineData("""{"statusCode":200,"body":"***","isBase64Encoded":true}""", null)]
    [InlineData("""{"body":"no status"}""", null)]
    [InlineData("""[1,2]""", null)]
    [InlineData("", null)]
    public async Task Sends_BodyOfTheFunction_OrSaysThatItFailed(string answer, string? frame)
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE" ? answer : """{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync();

        await client.SendTextAsync("""{"action":"two"}""");
        var text = await client.ReadTextAsync();
        if (frame is null)
        {
            Assert.StartsWith("""{"message": "Internal server error",""", text, StringComparison.Ordinal);
        }
        else
        {
            Assert.Equal(frame, text);
        }
    }

    /// <summary>What a function returns to a one-way route is dropped unread; that it failed is told.</summary>
    [Fact]
    public async Task Drops_AnswerOfAOneWayFunction_ButTellsThatItFailed()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        var answers = new Queue<BackendAnswer>(
        [
            BackendAnswer.Of("""{"statusCode":200}"""), // $connect
            BackendAnswer.Of("nonsense"),
            BackendAnswer.Of("""{"statusCode":200,"body":"dropped"}"""),
            new BackendAnswer(200, "{}"u8.ToArray(), ("X-Amz-Function-Error", "Unhandled")),
            BackendAnswer.Of("""{"statusCode":200}"""),
        ]);
        gateway.Backend.Answer = _ => Task.FromResult(answers.Dequeue());
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 3; i++)
        {
            await client.SendTextAsync("""{"action":"one"}""");
            _ = await gateway.Backend.NextAsync("MESSAGE");
            await Patience.Until(() => gateway.Backend.Calls.Count == i + 2, "the call has arrived");
        }

        Assert.StartsWith("""{"message": "Internal server error",""", await client.ReadTextAsync(), StringComparison.Ordinal);
        await client.CloseAsync();
    }

    [Fact]
    public async Task Passes_BinaryOn_WhereTheStageAllowsIt()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda(static stage => stage with { AllowBinary = true }));
        gateway.Backend.Answer = static call => Task.FromResult(BackendAnswer.Of(call.EventType == "MESSAGE"
            ? """{"statusCode":200,"isBase64Encoded":true,"body":"AP8Q"}"""
            : """{"statusCode":200}"""));
        using var client = await gateway.ConnectAsync();

        await client.SendBytesAsync(RawWebSocket.Frame(Op.Binary, [0, 1, 0xfe, 0xff]));
        var call = (await gateway.Backend.NextAsync("MESSAGE")).Json;
        Assert.Equal("AAH+/w==", call["body"]!.ToString());
        Assert.True(call["isBase64Encoded"]!.GetValue<bool>());
        Assert.Equal("$default", call["requestContext"]!["routeKey"]!.ToString());
        var frame = await client.ReadFrameAsync();
        Assert.Equal(Op.Binary, frame!.Opcode);
        Assert.Equal([0, 0xff, 0x10], frame.Payload);

        await client.SendTextAsync("text");
        Assert.False((await gateway.Backend.NextAsync("MESSAGE")).Json["isBase64Encoded"]!.GetValue<bool>());
    }

    /// <summary>A two-way function may say base64 on a text stage too; the client gets the text that it stands for.</summary>
    [Fact]
    public async Task Sends_DecodedBodyAsText_WhereTheStageTakesTextOnly()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Lambda());
        gateway.Backend.Answer = static _ => Task.FromResult(BackendAnswer.Of("""{"statusCode":200,"isBase64Encoded":true,"body":"aMO8"}"""));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("x");
        Assert.Equal("hü", await client.ReadTextAsync());
    }

    /// <summary>RFC 6455 §8.1: bytes that are no UTF-8 never leave in a text frame.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task Sends_NoInvalidUtf8InATextFrame(bool lambda)
    {
        await using var gateway = await TestGateway.StartAsync(backend => lambda ? Configurations.Lambda() : Configurations.Http(backend));
        gateway.Backend.Answer = call => Task.FromResult(lambda
            ? BackendAnswer.Of("""{"statusCode":200,"isBase64Encoded":true,"body":"Yf9i"}""")
            : new BackendAnswer(200, call.EventType == "MESSAGE" ? [(byte)'a', 0xff, (byte)'b'] : []));
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("x");
        var frame = await client.ReadFrameAsync();
        Assert.Equal(Op.Text, frame!.Opcode);
        Assert.Equal("a\uFFFDb"u8.ToArray(), frame.Payload);
    }

    /// <summary>Serial routes: nothing more is read from the connection until the message is done.</summary>
    [Fact]
    public async Task Runs_SerialRoute_OneByOneInOrder()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        var gate = new SemaphoreSlim(0);
        gateway.Backend.Answer = async call =>
        {
            if (call.EventType == "MESSAGE")
            {
                await gate.WaitAsync();
            }

            return BackendAnswer.Of(call.EventType == "MESSAGE" ? call.Text : "");
        };
        using var client = await gateway.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            await client.SendTextAsync($$"""{"action":"serial","n":{{i}}}""");
        }

        for (var i = 0; i < 5; i++)
        {
            var call = await gateway.Backend.NextAsync("MESSAGE");
            Assert.Equal(i, call.Json["n"]!.GetValue<int>());
            await Patience.Until(() => gateway.TheConnection().IsReadPaused, "nothing more is read");
            Assert.Equal(i + 1, gateway.Backend.Of("MESSAGE").Count());
            gate.Release();
            Assert.Equal(i, JsonNode.Parse(await client.ReadTextAsync())!["n"]!.GetValue<int>());
        }
    }

    /// <summary>Parallel routes go on up to the bound; then the reader stops, and TCP holds the client back.</summary>
    [Fact]
    public async Task Stops_ReadingAtTheBound_AndLosesNothing()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        var open = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        gateway.Backend.Answer = async call =>
        {
            if (call.EventType == "MESSAGE")
            {
                await open.Task;
            }

            return BackendAnswer.Ok;
        };
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        client.Socket.SendBufferSize = 16 * 1024;
        await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
        await client.ReadHeadAsync();
        var padding = new string('p', 30_000);
        const int Total = 600;
        var sending = Task.Run(
            async () =>
            {
                for (var i = 0; i < Total; i++)
                {
                    await client.SendTextAsync($$"""{"action":"pair","n":{{i}},"p":"{{padding}}"}""");
                }
            },
            TestContext.Current.CancellationToken);
        _ = await gateway.Backend.NextAsync("MESSAGE");
        _ = await gateway.Backend.NextAsync("MESSAGE");
        await Patience.Until(() => gateway.TheConnection().IsReadPaused, "the reader stops");
        Assert.Equal(2, gateway.Backend.Of("MESSAGE").Count());
        Assert.False(sending.IsCompleted, "18 MB went into a connection that nobody reads.");

        open.SetResult();
        await Patience.For(sending, "the rest to be taken");
        await Patience.Until(() => gateway.Backend.Of("MESSAGE").Count() == Total, "every message has arrived");
        Assert.Equal(Enumerable.Range(0, Total), gateway.Backend.Of("MESSAGE").Select(call => call.Json["n"]!.GetValue<int>()).Order());
    }

    /// <summary>An open socket sees a new configuration with its next message; a bad one leaves the old one serving.</summary>
    [Fact]
    public async Task Follows_ChangedConfiguration_OnOpenSockets()
    {
        await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend));
        gateway.Backend.Answer = Echo;
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync("""{"action":"later"}""");
        Assert.StartsWith("$default|", await client.ReadTextAsync(), StringComparison.Ordinal);

        var configuration = Configurations.Http(gateway.Backend.Uri);
        var api = configuration.Apis[0];
        var extended = configuration with
        {
            Apis = [api with { Routes = [.. api.Routes, new Route { RouteKey = "later", Target = "backend", HasRouteResponse = true }] }],
        };
        Assert.Empty(gateway.Gateway.Apply(extended));
        await client.SendTextAsync("""{"action":"later"}""");
        Assert.StartsWith("later|", await client.ReadTextAsync(), StringComparison.Ordinal);

        var bad = configuration with { Apis = [api with { Routes = [new Route { RouteKey = "later", Target = "nowhere" }] }] };
        var error = Assert.Single(gateway.Gateway.Apply(bad));
        Assert.Equal("apis.chat.routes.later.target", error.Path.ToString());
        await client.SendTextAsync("""{"action":"later"}""");
        Assert.StartsWith("later|", await client.ReadTextAsync(), StringComparison.Ordinal);
    }

    /// <summary>New bounds hold for open sockets as well.</summary>
    [Fact]
    public async Task Follows_ChangedLimits_OnOpenSockets()
    {
        await using var gateway = await TestGateway.StartAsync(static _ => Configurations.Silent());
        using var client = await gateway.ConnectAsync();
        await client.SendTextAsync(new string('x', 101));
        await client.SendBytesAsync(RawWebSocket.Frame(Op.Ping, "still open"u8));
        Assert.Equal("still open", (await client.ReadFrameAsync())!.Text);

        Assert.Empty(gateway.Gateway.Apply(Configurations.Silent(static stage => stage with { Limits = stage.Limits with { MaxFrameBytes = 100 } })));
        await client.SendTextAsync(new string('x', 101));
        Assert.Equal(1009, (await client.ReadCloseAsync()).CloseCode);
    }
}
