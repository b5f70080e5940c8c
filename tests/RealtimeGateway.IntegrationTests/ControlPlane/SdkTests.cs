using System.Diagnostics;
using System.Text.Json.Nodes;
using RealtimeGateway.IntegrationTests.Harness;
using RealtimeGateway.IntegrationTests.Server;

namespace RealtimeGateway.IntegrationTests.ControlPlane;

/// <summary>The AWS SDK for JavaScript and the AWS CLI, unmodified: each answer of each operation is one that they can read.</summary>
public sealed class SdkTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task JavaScriptSdk_ReadsEveryAnswer()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        await using var sdk = StartSdk(gateway);
        var api = await CallAsync("CreateApi", new
        {
            Name = "chat", ProtocolType = "WEBSOCKET", RouteSelectionExpression = "$request.body.action", Tags = new { team = "chat" },
        }, 201);
        var ApiId = api["ApiId"]!.ToString();

        // A time that is no ISO 8601 text would have thrown in the SDK.
        Assert.True(DateTimeOffset.Parse(api["CreatedDate"]!.ToString(), System.Globalization.CultureInfo.InvariantCulture) > DateTimeOffset.UtcNow.AddMinutes(-1));
        var VpcLinkId = (await CallAsync("CreateVpcLink", new { Name = "in", SubnetIds = (string[])["subnet-1"] }, 201))["VpcLinkId"]!.ToString();
        var IntegrationId = (await CallAsync("CreateIntegration", new
        {
            ApiId, IntegrationType = "HTTP", IntegrationUri = "http://10.0.0.1/", IntegrationMethod = "POST", ConnectionType = "VPC_LINK", ConnectionId = VpcLinkId,
        }, 201))["IntegrationId"]!.ToString();
        var IntegrationResponseId = (await CallAsync(
            "CreateIntegrationResponse", new { ApiId, IntegrationId, IntegrationResponseKey = "/2\\d\\d/" }, 201))["IntegrationResponseId"]!.ToString();
        var AuthorizerId = (await CallAsync("CreateAuthorizer", new
        {
            ApiId, Name = "who", AuthorizerType = "REQUEST", IdentitySource = (string[])["route.request.header.Auth"],
            AuthorizerUri = "arn:aws:lambda:us-east-1:000000000000:function:who",
        }, 201))["AuthorizerId"]!.ToString();
        var ModelId = (await CallAsync("CreateModel", new { ApiId, Name = "say", Schema = "{}" }, 201))["ModelId"]!.ToString();
        Assert.StartsWith(
            "#set($inputRoot", (await CallAsync("GetModelTemplate", new { ApiId, ModelId }, 200))["Value"]!.ToString(), StringComparison.Ordinal);
        var RouteId = (await CallAsync("CreateRoute", new
        {
            ApiId, RouteKey = "$connect", AuthorizationType = "CUSTOM", AuthorizerId, Target = $"integrations/{IntegrationId}",
            RequestParameters = new Dictionary<string, object> { ["route.request.header.Auth"] = new { Required = true } },
        }, 201))["RouteId"]!.ToString();
        var RouteResponseId = (await CallAsync("CreateRouteResponse", new { ApiId, RouteId, RouteResponseKey = "$default" }, 201))["RouteResponseId"]!.ToString();
        var DeploymentId = (await CallAsync("CreateDeployment", new { ApiId }, 201))["DeploymentId"]!.ToString();
        var StageName = "prod";
        await CallAsync("CreateStage", new
        {
            ApiId, StageName, DeploymentId, RouteSettings = new Dictionary<string, object> { ["$connect"] = new { ThrottlingRateLimit = 1.5, ThrottlingBurstLimit = 2 } },
        }, 201);
        var DomainName = "chat.example.com";
        await CallAsync("CreateDomainName", new { DomainName }, 201);
        var ApiMappingId = (await CallAsync("CreateApiMapping", new { DomainName, ApiId, Stage = StageName, ApiMappingKey = "a/b" }, 201))["ApiMappingId"]!.ToString();

        foreach (var (operation, input) in new (string, object)[]
        {
            ("GetApi", new { ApiId }), ("GetApis", new { MaxResults = "1" }), ("UpdateApi", new { ApiId, Description = "x" }),
            ("GetIntegration", new { ApiId, IntegrationId }), ("GetIntegrations", new { ApiId }), ("UpdateIntegration", new { ApiId, IntegrationId, TimeoutInMillis = 100 }),
            ("GetIntegrationResponse", new { ApiId, IntegrationId, IntegrationResponseId }), ("GetIntegrationResponses", new { ApiId, IntegrationId }),
            ("UpdateIntegrationResponse", new { ApiId, IntegrationId, IntegrationResponseId, IntegrationResponseKey = "$default" }),
            ("GetAuthorizer", new { ApiId, AuthorizerId }), ("GetAuthorizers", new { ApiId }), ("UpdateAuthorizer", new { ApiId, AuthorizerId, Name = "you" }),
            ("GetModel", new { ApiId, ModelId }), ("GetModels", new { ApiId }), ("UpdateModel", new { ApiId, ModelId, Description = "x" }),
            ("GetRoute", new { ApiId, RouteId }), ("GetRoutes", new { ApiId }), ("UpdateRoute", new { ApiId, RouteId, OperationName = "x" }),
            ("GetRouteResponse", new { ApiId, RouteId, RouteResponseId }), ("GetRouteResponses", new { ApiId, RouteId }),
            ("UpdateRouteResponse", new { ApiId, RouteId, RouteResponseId, ModelSelectionExpression = "$default" }),
            ("GetDeployment", new { ApiId, DeploymentId }), ("GetDeployments", new { ApiId }), ("UpdateDeployment", new { ApiId, DeploymentId, Description = "x" }),
            ("GetStage", new { ApiId, StageName }), ("GetStages", new { ApiId }), ("UpdateStage", new { ApiId, StageName, Description = "x" }),
            ("GetDomainName", new { DomainName }), ("GetDomainNames", new { }), ("UpdateDomainName", new { DomainName }),
            ("GetApiMapping", new { DomainName, ApiMappingId }), ("GetApiMappings", new { DomainName }),
            ("UpdateApiMapping", new { DomainName, ApiMappingId, ApiId, ApiMappingKey = "c" }),
            ("GetVpcLink", new { VpcLinkId }), ("GetVpcLinks", new { }), ("UpdateVpcLink", new { VpcLinkId, Name = "inside" }),
        })
        {
            await CallAsync(operation, input, 200);
        }

        var ResourceArn = $"arn:aws:apigateway:us-east-1::/apis/{ApiId}/stages/{StageName}";
        await CallAsync("TagResource", new { ResourceArn, Tags = new { a = "1", b = "2" } }, 201);
        await CallAsync("UntagResource", new { ResourceArn, TagKeys = (string[])["a", "c"] }, 204);
        Assert.Equal("""{"b":"2"}""", (await CallAsync("GetTags", new { ResourceArn }, 200))["Tags"]!.ToJsonString());

        foreach (var (operation, input, status) in new (string, object, int)[]
        {
            ("DeleteRouteSettings", new { ApiId, StageName, RouteKey = "$connect" }, 204),
            ("DeleteRouteRequestParameter", new { ApiId, RouteId, RequestParameterKey = "route.request.header.Auth" }, 204),
            ("DeleteAccessLogSettings", new { ApiId, StageName }, 204),
            ("DeleteApiMapping", new { DomainName, ApiMappingId }, 204), ("DeleteDomainName", new { DomainName }, 204),
            ("DeleteStage", new { ApiId, StageName }, 204), ("DeleteDeployment", new { ApiId, DeploymentId }, 204),
            ("DeleteRouteResponse", new { ApiId, RouteId, RouteResponseId }, 204), ("DeleteRoute", new { ApiId, RouteId }, 204),
            ("DeleteIntegrationResponse", new { ApiId, IntegrationId, IntegrationResponseId }, 204), ("DeleteIntegration", new { ApiId, IntegrationId }, 204),
            ("DeleteAuthorizer", new { ApiId, AuthorizerId }, 204), ("DeleteModel", new { ApiId, ModelId }, 204),
            ("DeleteVpcLink", new { VpcLinkId }, 202), ("DeleteApi", new { ApiId }, 204),
        })
        {
            await CallAsync(operation, input, status);
        }

        await sdk.SendAsync(new { command = "call", operation = "GetApi", input = new { ApiId } });
        var gone = await sdk.NextAsync("failure");
        Assert.Equal(("NotFoundException", 404), (gone["name"]!.ToString(), gone["status"]!.GetValue<int>()));
        await sdk.SendAsync(new { command = "call", operation = "ExportApi", input = new { ApiId, OutputType = "JSON", Specification = "OAS30" } });
        var missing = await sdk.NextAsync("failure");
        Assert.Equal(("NotImplementedException", 501), (missing["name"]!.ToString(), missing["status"]!.GetValue<int>()));
        Assert.Contains("ExportApi", missing["message"]!.ToString(), StringComparison.Ordinal);

        async Task<JsonObject> CallAsync(string operation, object input, int status)
        {
            await sdk.SendAsync(new { command = "call", operation, input });
            var result = await sdk.NextAsync("result");
            Assert.Equal((operation, status), (result["operation"]!.ToString(), result["status"]!.GetValue<int>()));
            return result["value"]!.AsObject();
        }
    }

    [Fact]
    public async Task AwsCli_CreatesReadsAndTellsErrors()
    {
        await using var gateway = await ControlGateway.StartAsync(_directory);
        var created = await CliAsync(
            gateway, "create-api", "--name", "chat", "--protocol-type", "WEBSOCKET", "--route-selection-expression", "$request.body.action");
        Assert.Equal(0, created.ExitCode);
        var id = JsonNode.Parse(created.Output)!["ApiId"]!.ToString();

        Assert.Equal(id, (await CliAsync(gateway, "get-apis", "--query", "Items[0].ApiId", "--output", "text")).Output.Trim());
        var refused = await CliAsync(gateway, "create-route", "--api-id", id, "--route-key", "x", "--target", "integrations/none");
        Assert.NotEqual(0, refused.ExitCode);
        Assert.Contains("(BadRequestException) when calling the CreateRoute operation: Invalid target", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await CliAsync(gateway, "delete-api", "--api-id", id)).ExitCode);
        Assert.Contains("(NotFoundException)", (await CliAsync(gateway, "get-api", "--api-id", id)).Error, StringComparison.Ordinal);
    }

    private static NodeScript StartSdk(ControlGateway gateway) => NodeScript.Start("control.mjs", "--endpoint", gateway.Url);

    private static async Task<(int ExitCode, string Output, string Error)> CliAsync(ControlGateway gateway, params string[] arguments)
    {
        var start = new ProcessStartInfo("aws", ["apigatewayv2", .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in new Dictionary<string, string>
        {
            ["AWS_ENDPOINT_URL_APIGATEWAYV2"] = gateway.Url, ["AWS_DEFAULT_REGION"] = "us-east-1", ["AWS_EC2_METADATA_DISABLED"] = "true",
            ["AWS_ACCESS_KEY_ID"] = "AKIDEXAMPLE", ["AWS_SECRET_ACCESS_KEY"] = "a-made-up-secret", ["AWS_PAGER"] = "", ["NO_PROXY"] = "127.0.0.1",
        })
        {
            start.Environment[name] = value;
        }

        Process? process = null;
        try
        {
            process = Process.Start(start);
        }
        catch (System.ComponentModel.Win32Exception)
        {
            // It is not installed.
        }

        Assert.SkipUnless(process is not null, "The AWS CLI is not installed.");
        using (process)
        {
            var output = process!.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
            var error = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
            return (process.ExitCode, await output, await error);
        }
    }
}
