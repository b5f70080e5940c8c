using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.IntegrationTests.Access;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>boto3 makes API keys and usage plans, and clients come with the keys.</summary>
public sealed class ApiKeyTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    private static GatewayConfiguration Chat { get; } = new()
    {
        Apis =
        [
            new Api
            {
                Id = ApiId.Parse("chat"),
                Routes = [new Route { RouteKey = Route.Connect, ApiKeyRequired = true }],
                Stages = [new Stage { Name = "prod" }, new Stage { Name = "dev" }],
            },
        ],
        ApiKeys = [new ApiKey { Id = "alice", Value = "a-key-of-twenty-characters" }],
        UsagePlans = [new UsagePlan { Id = "free", Stages = ["chat/dev"], Keys = ["alice"], RateLimit = 5 }],
    };

    [Fact]
    public async Task ApiKey_CreateGetListUpdateDelete_AnswersAsAws()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");

        var created = await AskAsync(boto, "create_api_key", new() { ["name"] = "bob", ["tags"] = new JsonObject { ["a"] = "b" } }, 201);
        var id = (string)created["id"]!;
        Assert.Equal(40, ((string)created["value"]!).Length);
        Assert.Equal((false, 0), ((bool)created["enabled"]!, created["stageKeys"]!.AsArray().Count));

        Assert.Null((await AskAsync(boto, "get_api_key", new() { ["apiKey"] = id }))["value"]);
        var whole = await AskAsync(boto, "get_api_key", new() { ["apiKey"] = id, ["includeValue"] = true });
        Assert.Equal((string?)created["value"], (string?)whole["value"]);

        var page = await AskAsync(boto, "get_api_keys", new() { ["limit"] = 1 });
        Assert.Equal("alice", (string?)page["items"]!.AsArray().Single()!["id"]);
        page = await AskAsync(boto, "get_api_keys", new() { ["position"] = (string?)page["position"] });
        Assert.Equal(id, (string?)page["items"]!.AsArray().Single()!["id"]);
        Assert.Null(page["position"]);
        Assert.Single((await AskAsync(boto, "get_api_keys", new() { ["nameQuery"] = "bo" }))["items"]!.AsArray());

        var updated = await AskAsync(boto, "update_api_key", Patch("apiKey", id, ("replace", "/enabled", "true"), ("replace", "/description", "d"), ("replace", "/name", "rob")));
        Assert.Equal(("rob", "d", true), ((string?)updated["name"], (string?)updated["description"], (bool)updated["enabled"]!));

        await AskAsync(boto, "delete_api_key", new() { ["apiKey"] = id }, 202);
        await FailAsync(boto, "get_api_key", new() { ["apiKey"] = id }, 404, "NotFoundException");
    }

    [Fact]
    public async Task ApiKey_WrongRequests_AreRefused()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");

        await FailAsync(boto, "create_api_key", new() { ["value"] = "short" }, 400, "BadRequestException");
        await FailAsync(boto, "create_api_key", new() { ["value"] = "a-key-of-twenty-characters" }, 409, "ConflictException");
        Assert.Contains(
            "defined by", await FailAsync(boto, "delete_api_key", new() { ["apiKey"] = "alice" }, 400, "BadRequestException"), StringComparison.Ordinal);
        var id = (string)(await AskAsync(boto, "create_api_key", [], 201))["id"]!;
        Assert.Equal("Invalid patch path /value", await FailAsync(boto, "update_api_key", Patch("apiKey", id, ("replace", "/value", "x")), 400, "BadRequestException"));
        await FailAsync(boto, "update_api_key", Patch("apiKey", id, ("replace", "/enabled", "maybe")), 400, "BadRequestException");
        await FailAsync(boto, "update_api_key", Patch("apiKey", id, ("copy", "/name", "x")), 400, "BadRequestException");
        await FailAsync(boto, "get_api_keys", new() { ["position"] = "?" }, 400, "BadRequestException");
    }

    [Fact]
    public async Task UsagePlan_OfTools_DecidesWhoConnectsAndCounts()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");
        var key = await AskAsync(boto, "create_api_key", new() { ["enabled"] = true }, 201);
        var id = (string)key["id"]!;
        var header = $"x-api-key: {key["value"]}";
        Assert.Equal(403, await ConnectAsync(gateway, header));

        var plan = await AskAsync(boto, "create_usage_plan", Plan("p", quota: 2), 201);
        var planId = (string)plan["id"]!;
        await AskAsync(boto, "create_usage_plan_key", new() { ["usagePlanId"] = planId, ["keyId"] = id, ["keyType"] = "API_KEY" }, 201);

        foreach (var status in new[] { 101, 101, 429 })
        {
            Assert.Equal(status, await ConnectAsync(gateway, header));
        }

        var today = TimeProvider.System.GetUtcNow().ToString("yyyy-MM-dd", System.Globalization.CultureInfo.InvariantCulture);
        var usage = await AskAsync(boto, "get_usage", new() { ["usagePlanId"] = planId, ["startDate"] = today, ["endDate"] = today });
        Assert.Equal($"{{\"{id}\":[[2,0]]}}", usage["items"]!.ToJsonString());

        await AskAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("remove", "/quota", null), ("replace", "/throttle/rateLimit", "50")));
        Assert.Equal(101, await ConnectAsync(gateway, header));
        await AskAsync(boto, "update_api_key", Patch("apiKey", id, ("replace", "/enabled", "false")));
        Assert.Equal(403, await ConnectAsync(gateway, header));
        await AskAsync(boto, "update_api_key", Patch("apiKey", id, ("replace", "/enabled", "true")));
        await AskAsync(boto, "delete_usage_plan_key", new() { ["usagePlanId"] = planId, ["keyId"] = id }, 202);
        Assert.Equal(403, await ConnectAsync(gateway, header));
    }

    [Fact]
    public async Task UsagePlan_Rules_AreAwss()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");
        var planId = (string)(await AskAsync(boto, "create_usage_plan", Plan("p", quota: 2), 201))["id"]!;
        var keyId = (string)(await AskAsync(boto, "create_api_key", new() { ["name"] = "k" }, 201))["id"]!;
        var member = new JsonObject { ["usagePlanId"] = planId, ["keyId"] = keyId };

        var made = await AskAsync(boto, "create_usage_plan_key", With(member, "keyType", "API_KEY"), 201);
        Assert.Equal((keyId, "API_KEY", "k"), ((string?)made["id"], (string?)made["type"], (string?)made["name"]));
        await FailAsync(boto, "create_usage_plan_key", With(member, "keyType", "API_KEY"), 409, "ConflictException");
        var second = (string)(await AskAsync(boto, "create_usage_plan", Plan("q", quota: 2), 201))["id"]!;
        await FailAsync(boto, "create_usage_plan_key", new() { ["usagePlanId"] = second, ["keyId"] = keyId, ["keyType"] = "API_KEY" }, 409, "ConflictException");
        Assert.Equal(keyId, (string?)(await AskAsync(boto, "get_usage_plan_keys", new() { ["usagePlanId"] = planId }))["items"]![0]!["id"]);
        Assert.Equal(planId, (string?)(await AskAsync(boto, "get_usage_plans", new() { ["keyId"] = keyId }))["items"]!.AsArray().Single()!["id"]);
        await FailAsync(boto, "get_usage_plan_key", new() { ["usagePlanId"] = planId, ["keyId"] = "alice" }, 404, "NotFoundException");

        await FailAsync(boto, "delete_usage_plan", new() { ["usagePlanId"] = planId }, 400, "BadRequestException");
        await FailAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("add", "/apiStages", "chat:nope")), 404, "NotFoundException");
        await FailAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("add", "/apiStages", "chat:prod")), 409, "ConflictException");
        await FailAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("replace", "/quota/offset", "1")), 400, "BadRequestException");
        await FailAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("remove", "/quota", null), ("add", "/quota/limit", "5")), 400, "BadRequestException");
        await AskAsync(boto, "update_usage_plan", Patch("usagePlanId", planId, ("remove", "/apiStages", "chat:prod")));
        await AskAsync(boto, "delete_usage_plan", new() { ["usagePlanId"] = planId }, 202);
    }

    [Fact]
    public async Task FileLosesAStage_OfAPlanOfTools_IsTakenOver()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");
        await AskAsync(boto, "create_usage_plan", Plan("p", quota: 2), 201);
        var api = Chat.Apis[0];

        Assert.Empty(gateway.Gateway.Apply(Chat with { Apis = [api with { Stages = [api.Stages[1]] }] }));
    }

    [Fact]
    public async Task KeysAndPlans_AfterARestart_AreThere()
    {
        string id;
        await using (var first = await ControlGateway.StartAsync(_directory, Chat))
        {
            await using var boto = await Script.PythonAsync(first.Url, "AK", "secret", script: "control.py");
            var key = await AskAsync(boto, "create_api_key", new() { ["value"] = "the-same-after-a-restart", ["enabled"] = true }, 201);
            id = (string)key["id"]!;
            var plan = await AskAsync(boto, "create_usage_plan", Plan("p", quota: 9), 201);
            await AskAsync(boto, "create_usage_plan_key", new() { ["usagePlanId"] = (string?)plan["id"], ["keyId"] = id, ["keyType"] = "API_KEY" }, 201);
        }

        await using var second = await ControlGateway.StartAsync(_directory, Chat);
        Assert.Equal(101, await ConnectAsync(second, "x-api-key: the-same-after-a-restart"));
    }

    [Fact]
    public async Task AccountTagsAndIdentity_AreAnswered()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");

        Assert.Equal("4", (string?)(await AskAsync(boto, "get_account", []))["apiKeyVersion"]);
        var account = await AskAsync(boto, "update_account", new() { ["patchOperations"] = Steps(("replace", "/cloudwatchRoleArn", "arn:aws:iam::000000000000:role/r")) });
        Assert.Equal("arn:aws:iam::000000000000:role/r", (string?)account["cloudwatchRoleArn"]);
        await FailAsync(boto, "update_account", new() { ["patchOperations"] = Steps(("replace", "/nope", "x")) }, 400, "BadRequestException");

        var id = (string)(await AskAsync(boto, "create_api_key", new() { ["tags"] = new JsonObject { ["a"] = "1" } }, 201))["id"]!;
        var arn = $"arn:aws:apigateway:us-east-1::/apikeys/{id}";
        await AskAsync(boto, "tag_resource", new() { ["resourceArn"] = arn, ["tags"] = new JsonObject { ["b"] = "2" } }, 204);
        await AskAsync(boto, "untag_resource", new() { ["resourceArn"] = arn, ["tagKeys"] = new JsonArray("a") }, 204);
        Assert.Equal("""{"b":"2"}""", (await AskAsync(boto, "get_tags", new() { ["resourceArn"] = arn }))["tags"]!.ToJsonString());

        var identity = await boto.AskAsync(new() { ["operation"] = "get_caller_identity", ["arguments"] = new JsonObject(), ["service"] = "sts" });
        Assert.Equal("000000000000", (string?)identity["value"]!["Account"]);
    }

    [Theory]
    [InlineData("get_rest_apis", "GetRestApis")]
    [InlineData("get_domain_names", "GetDomainNames")]
    [InlineData("get_vpc_links", "GetVpcLinks")]
    public async Task WhatIsNotThere_SaysSoByName(string operation, string name)
    {
        await using var gateway = await ControlGateway.StartAsync(_directory, Chat);
        await using var boto = await Script.PythonAsync(gateway.Url, "AK", "secret", script: "control.py");

        Assert.StartsWith(name, await FailAsync(boto, operation, [], 501, "NotImplementedException"), StringComparison.Ordinal);
    }

    private static JsonObject Plan(string name, int quota) => new()
    {
        ["name"] = name,
        ["apiStages"] = new JsonArray(new JsonObject { ["apiId"] = "chat", ["stage"] = "prod" }),
        ["throttle"] = new JsonObject { ["rateLimit"] = 100.5, ["burstLimit"] = 10 },
        ["quota"] = new JsonObject { ["limit"] = quota, ["period"] = "DAY" },
    };

    private static JsonObject With(JsonObject arguments, string name, string value)
    {
        var more = arguments.DeepClone().AsObject();
        more[name] = value;
        return more;
    }

    private static JsonObject Patch(string idName, string id, params (string Op, string Path, string? Value)[] steps) =>
        new() { [idName] = id, ["patchOperations"] = Steps(steps) };

    private static JsonArray Steps(params (string Op, string Path, string? Value)[] steps) => [.. steps.Select(step =>
    {
        var json = new JsonObject { ["op"] = step.Op, ["path"] = step.Path };
        if (step.Value is not null)
        {
            json["value"] = step.Value;
        }

        return (JsonNode)json;
    })];

    private static async Task<int> ConnectAsync(ControlGateway gateway, string header)
    {
        using var client = await gateway.ConnectAsync("/chat/prod", header);
        return client.Status;
    }

    private static async Task<JsonObject> AskAsync(Script boto, string operation, JsonObject arguments, int status = 200)
    {
        var answer = await boto.AskAsync(new() { ["operation"] = operation, ["arguments"] = arguments, ["service"] = "apigateway" });
        Assert.True((string?)answer["event"] == "result" && (int)answer["status"]! == status, answer.ToJsonString());
        return answer["value"] as JsonObject ?? [];
    }

    private static async Task<string> FailAsync(Script boto, string operation, JsonObject arguments, int status, string code)
    {
        var answer = await boto.AskAsync(new() { ["operation"] = operation, ["arguments"] = arguments, ["service"] = "apigateway" });
        Assert.Equal(("failure", status, code), ((string?)answer["event"], (int?)answer["status"] ?? 0, (string?)answer["code"]));
        return (string)answer["message"]!;
    }
}
