using System.Text.Json.Nodes;

namespace RealtimeGateway.Tests.ControlPlane;

/// <summary>Every rule refuses what breaks it, in AWS's form, and nothing has changed then.</summary>
public sealed class WrongInputTests : IAsyncLifetime
{
    private const string Bad = "BadRequestException";
    private const string Missing = "NotFoundException";
    private const string Taken = "ConflictException";

    private ControlBench _bench = null!;
    private string _api = "";
    private string _route = "";
    private string _http = "";
    private string _mock = "";
    private string _authorizer = "";
    private string _deployment = "";
    private string _model = "";
    private string _link = "";

    public async ValueTask InitializeAsync()
    {
        _bench = await ControlBench.StartAsync();
        _api = await IdAsync("/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action"}""", "apiId");
        var api = $"/v2/apis/{_api}";
        _mock = await IdAsync($"{api}/integrations", """{"integrationType":"MOCK"}""", "integrationId");
        _link = await IdAsync("/v2/vpclinks", """{"name":"inside","subnetIds":["subnet-1"]}""", "vpcLinkId");
        _http = await IdAsync(
            $"{api}/integrations", $$"""{"integrationType":"HTTP_PROXY","integrationUri":"http://10.0.0.1/x","connectionType":"VPC_LINK","connectionId":"{{_link}}"}""", "integrationId");
        _authorizer = await IdAsync(
            $"{api}/authorizers", """{"name":"who","authorizerType":"REQUEST","authorizerUri":"arn:aws:lambda:us-east-1:000000000000:function:who"}""", "authorizerId");
        _model = await IdAsync($"{api}/models", """{"name":"say","schema":"{\"type\":\"object\"}"}""", "modelId");
        await _bench.DoAsync("POST", $"{api}/routes", $$"""{"routeKey":"$connect","target":"integrations/{{_mock}}","authorizationType":"CUSTOM","authorizerId":"{{_authorizer}}"}""");
        _route = await IdAsync(
            $"{api}/routes", $$"""{"routeKey":"say","target":"integrations/{{_http}}","modelSelectionExpression":"$default","requestModels":{"$default":"say"} }""", "routeId");
        await _bench.DoAsync("POST", $"{api}/routes/{_route}/routeresponses", """{"routeResponseKey":"$default"}""");
        await _bench.DoAsync("POST", $"{api}/integrations/{_mock}/integrationresponses", """{"integrationResponseKey":"$default"}""");
        await _bench.DoAsync("POST", $"{api}/stages", """{"stageName":"auto"}""");
        _deployment = await IdAsync($"{api}/deployments", "{}", "deploymentId");
        await _bench.DoAsync("POST", $"{api}/stages", $$"""{"stageName":"prod","deploymentId":"{{_deployment}}"}""");
        await _bench.DoAsync("PATCH", $"{api}/stages/auto", """{"autoDeploy":true}""");
        await _bench.DoAsync("POST", "/v2/domainnames", """{"domainName":"chat.example.com"}""");
        await _bench.DoAsync("POST", "/v2/domainnames/chat.example.com/apimappings", $$"""{"apiId":"{{_api}}","stage":"prod","apiMappingKey":"rooms"}""");
    }

    public ValueTask DisposeAsync() => _bench.DisposeAsync();

    [Theory]
    // APIs
    [InlineData("POST", "/v2/apis", """{"protocolType":"WEBSOCKET"}""", 400, Bad, "name is required.")]
    [InlineData("POST", "/v2/apis", """{"name":"","protocolType":"WEBSOCKET"}""", 400, Bad, "name must not be empty.")]
    [InlineData("POST", "/v2/apis", """{"name":7,"protocolType":"WEBSOCKET"}""", 400, Bad, "name must be a string.")]
    [InlineData("POST", "/v2/apis", """{"name":"chat"}""", 400, Bad, "protocolType is required.")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"GRPC"}""", 400, Bad, "protocolType must be one of [WEBSOCKET, HTTP].")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"HTTP"}""", 501, "NotImplementedException", "CreateApi with protocolType HTTP is not implemented")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET"}""", 400, Bad, "A route selection expression is required for WEBSOCKET APIs")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.header.x"}""", 400, Bad, "Invalid routeSelectionExpression: ")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action","corsConfiguration":{}}""", 400, Bad, "corsConfiguration is for HTTP APIs only.")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action","target":"http://x"}""", 400, Bad, "target is for HTTP APIs only.")]
    [InlineData("POST", "/v2/apis", """{"name":"chat","protocolType":"WEBSOCKET","routeSelectionExpression":"$request.body.action","tags":{"a":1}}""", 400, Bad, "tags has a value for 'a' that must be a string.")]
    [InlineData("PATCH", "/v2/apis/API", """{"apiKeySelectionExpression":"$request.body.key"}""", 400, Bad, "apiKeySelectionExpression must be one of [")]
    [InlineData("PATCH", "/v2/apis/API", """{"disableExecuteApiEndpoint":"yes"}""", 400, Bad, "disableExecuteApiEndpoint must be true or false.")]
    [InlineData("PATCH", "/v2/apis/API", """{"ipAddressType":"ipv6"}""", 400, Bad, "ipAddressType must be one of [ipv4, dualstack].")]
    [InlineData("PATCH", "/v2/apis/API", """{"routeSelectionExpression":""}""", 400, Bad, "A route selection expression is required")]
    [InlineData("PATCH", "/v2/apis/API", """{"protocolType":"HTTP"}""", 400, Bad, "The protocolType of an API cannot be changed.")]
    [InlineData("GET", "/v2/apis/nowhere", "{}", 404, Missing, "Invalid API identifier specified 000000000000:nowhere")]
    [InlineData("GET", "/v2/apis?maxResults=0", "{}", 400, Bad, "The number of results must be a whole number from 1 to 500.")]
    [InlineData("GET", "/v2/apis?maxResults=many", "{}", 400, Bad, "The number of results must be a whole number from 1 to 500.")]
    [InlineData("GET", "/v2/apis?nextToken=%21", "{}", 400, Bad, "Invalid nextToken")]
    [InlineData("DELETE", "/v2/apis/API", "{}", 400, Bad, "Please remove all base path mappings related to the API in your domains.")]
    // Routes
    [InlineData("POST", "/v2/apis/nowhere/routes", """{"routeKey":"x"}""", 404, Missing, "Invalid API identifier specified")]
    [InlineData("POST", "/v2/apis/API/routes", "{}", 400, Bad, "routeKey is required.")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"$other"}""", 400, Bad, "Invalid routeKey: ")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"say"}""", 409, Taken, "Route with key say already exists for this API")]
    [InlineData("PATCH", "/v2/apis/API/routes/ROUTE", """{"routeKey":"$connect"}""", 409, Taken, "Route with key $connect already exists for this API")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","target":"backend"}""", 400, Bad, "target must be integrations/{integrationId}.")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","target":"integrations/nowhere"}""", 400, Bad, "Invalid target: the API has no integration 'integrations/nowhere'.")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","authorizationType":"AWS_IAM"}""", 400, Bad, "Currently, authorization is restricted to the $connect route only")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","authorizationType":"JWT"}""", 400, Bad, "The authorizationType JWT is for HTTP APIs only")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","authorizationType":"ROLE"}""", 400, Bad, "authorizationType must be one of [")]
    [InlineData("PATCH", "/v2/apis/API/routes/CONNECT", """{"authorizerId":""}""", 400, Bad, "The authorizationType CUSTOM needs an authorizerId.")]
    [InlineData("PATCH", "/v2/apis/API/routes/CONNECT", """{"authorizerId":"nowhere"}""", 400, Bad, "Invalid authorizerId: the API has no authorizer 'nowhere'.")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","requestModels":{"$default":"nowhere"}}""", 400, Bad, "Invalid model specified: the API has no model 'nowhere'.")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","modelSelectionExpression":"$request.header.x"}""", 400, Bad, "Invalid modelSelectionExpression: ")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","requestParameters":{"route.request.header.a":{"required":true}}}""", 400, Bad, "requestParameters are for the $connect route only")]
    [InlineData("PATCH", "/v2/apis/API/routes/CONNECT", """{"requestParameters":{"header.a":{"required":true}}}""", 400, Bad, "requestParameters has the key 'header.a', which does not match")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","routeResponseSelectionExpression":"$request.body.x"}""", 400, Bad, "routeResponseSelectionExpression must be one of [$default].")]
    [InlineData("POST", "/v2/apis/API/routes", """{"routeKey":"x","apiKeyRequired":"true"}""", 400, Bad, "apiKeyRequired must be true or false.")]
    [InlineData("DELETE", "/v2/apis/API/routes/CONNECT/requestparameters/route.request.header.a", "{}", 404, Missing, "Invalid RequestParameter identifier specified route.request.header.a")]
    [InlineData("GET", "/v2/apis/API/routes/nowhere", "{}", 404, Missing, "Invalid Route identifier specified nowhere")]
    [InlineData("POST", "/v2/apis/API/routes/ROUTE/routeresponses", """{"routeResponseKey":"ok"}""", 400, Bad, "routeResponseKey must be one of [$default].")]
    [InlineData("POST", "/v2/apis/API/routes/ROUTE/routeresponses", """{"routeResponseKey":"$default"}""", 409, Taken, "Route response with key $default already exists for this route")]
    [InlineData("POST", "/v2/apis/API/routes/nowhere/routeresponses", """{"routeResponseKey":"$default"}""", 404, Missing, "Invalid Route identifier specified nowhere")]
    // Integrations
    [InlineData("POST", "/v2/apis/API/integrations", "{}", 400, Bad, "integrationType is required.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"GRPC"}""", 400, Bad, "integrationType must be one of [")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"HTTP_PROXY"}""", 400, Bad, "integrationUri is required for integrationType HTTP_PROXY.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"HTTP","integrationUri":"ftp://x"}""", 400, Bad, "Invalid HTTP endpoint specified for URI")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"HTTP","integrationUri":"http://user:secret@x/"}""", 400, Bad, "Invalid HTTP endpoint specified for URI")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"AWS_PROXY","integrationUri":"http://x/"}""", 400, Bad, "Invalid integrationUri: AWS integrations take the ARN")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","timeoutInMillis":49}""", 400, Bad, "timeoutInMillis must be a whole number from 50 to 29000.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","timeoutInMillis":29001}""", 400, Bad, "timeoutInMillis must be a whole number from 50 to 29000.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","timeoutInMillis":"100"}""", 400, Bad, "timeoutInMillis must be a whole number from 50 to 29000.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","payloadFormatVersion":"2.0"}""", 400, Bad, "payloadFormatVersion must be one of [1.0].")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","passthroughBehavior":"ALWAYS"}""", 400, Bad, "passthroughBehavior must be one of [")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","connectionId":"x"}""", 400, Bad, "connectionId is for connectionType VPC_LINK.")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"HTTP","integrationUri":"http://x/","connectionType":"VPC_LINK"}""", 400, Bad, "needs the connectionId of a VPC link")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","requestTemplates":{"$default":"#if($x"}}""", 400, Bad, "Invalid requestTemplates for '$default': line 1")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","requestParameters":{"x":"y"}}""", 400, Bad, "Invalid mapping expression specified: x = y")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","templateSelectionExpression":"$request.header.x"}""", 400, Bad, "Invalid templateSelectionExpression: ")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","credentialsArn":"me"}""", 400, Bad, "Invalid credentialsArn: ")]
    [InlineData("POST", "/v2/apis/API/integrations", """{"integrationType":"MOCK","tlsConfig":{"serverNameToVerify":"x"}}""", 400, Bad, "tlsConfig is for HTTP APIs only.")]
    [InlineData("DELETE", "/v2/apis/API/integrations/HTTP", "{}", 409, Taken, "Cannot delete Integration")]
    [InlineData("POST", "/v2/apis/API/integrations/MOCK/integrationresponses", """{"integrationResponseKey":"$default"}""", 409, Taken, "Integration response with key $default already exists")]
    [InlineData("POST", "/v2/apis/API/integrations/MOCK/integrationresponses", """{"integrationResponseKey":"200"}""", 400, Bad, "Invalid integrationResponseKey: ")]
    [InlineData("POST", "/v2/apis/API/integrations/MOCK/integrationresponses", """{"integrationResponseKey":"/2../","responseTemplates":{"a":"#end"}}""", 400, Bad, "Invalid responseTemplates for 'a': ")]
    [InlineData("GET", "/v2/apis/API/integrations/nowhere/integrationresponses", "{}", 404, Missing, "Invalid Integration identifier specified nowhere")]
    // Models and authorizers
    [InlineData("POST", "/v2/apis/API/models", """{"name":"say it","schema":"{}"}""", 400, Bad, "name must be alphanumeric.")]
    [InlineData("POST", "/v2/apis/API/models", """{"name":"x"}""", 400, Bad, "schema is required.")]
    [InlineData("POST", "/v2/apis/API/models", """{"name":"x","schema":"{"}""", 400, Bad, "Invalid model schema specified: ")]
    [InlineData("POST", "/v2/apis/API/models", """{"name":"say","schema":"{}"}""", 409, Taken, "Model name already exists for this API: say")]
    [InlineData("PATCH", "/v2/apis/API/models/MODEL", """{"name":"shout"}""", 409, Taken, "Cannot rename model 'say': route 'say' names it.")]
    [InlineData("DELETE", "/v2/apis/API/models/MODEL", "{}", 409, Taken, "Cannot delete model 'say': route 'say' names it.")]
    [InlineData("POST", "/v2/apis/API/authorizers", """{"name":"x","authorizerType":"JWT"}""", 400, Bad, "JWT authorizers are for HTTP APIs only")]
    [InlineData("POST", "/v2/apis/API/authorizers", """{"name":"x","authorizerType":"REQUEST"}""", 400, Bad, "authorizerUri is required for authorizerType REQUEST.")]
    [InlineData("POST", "/v2/apis/API/authorizers", """{"name":"x","authorizerType":"REQUEST","authorizerUri":"http://x"}""", 400, Bad, "Invalid authorizerUri: ")]
    [InlineData("POST", "/v2/apis/API/authorizers", """{"name":"who","authorizerType":"REQUEST","authorizerUri":"arn:aws:lambda:us-east-1:000000000000:function:who"}""", 409, Taken, "Authorizer name must be unique.")]
    [InlineData("PATCH", "/v2/apis/API/authorizers/AUTHORIZER", """{"identitySource":["header.x"]}""", 400, Bad, "identitySource holds an item that is no identity source")]
    [InlineData("PATCH", "/v2/apis/API/authorizers/AUTHORIZER", """{"authorizerResultTtlInSeconds":300}""", 400, Bad, "authorizerResultTtlInSeconds must be 0")]
    [InlineData("PATCH", "/v2/apis/API/authorizers/AUTHORIZER", """{"authorizerPayloadFormatVersion":"2.0"}""", 400, Bad, "authorizerPayloadFormatVersion is for HTTP APIs only.")]
    [InlineData("DELETE", "/v2/apis/API/authorizers/AUTHORIZER", "{}", 409, Taken, "Cannot delete authorizer")]
    // Deployments and stages
    [InlineData("POST", "/v2/apis/API/deployments", """{"stageName":"nowhere"}""", 404, Missing, "Invalid Stage identifier specified nowhere")]
    [InlineData("POST", "/v2/apis/API/deployments", """{"stageName":"auto"}""", 400, Bad, "Deployment ID cannot be set on stage because 'Auto-Deploy' is enabled.")]
    [InlineData("DELETE", "/v2/apis/API/deployments/DEPLOYMENT", "{}", 400, Bad, "Active stages pointing to this deployment must be moved or deleted: prod")]
    [InlineData("POST", "/v2/apis/API/stages", """{"stageName":"$default"}""", 400, Bad, "stageName must have only letters, digits, '-' and '_'.")]
    [InlineData("POST", "/v2/apis/API/stages", """{"stageName":"prod"}""", 409, Taken, "Stage already exists: prod")]
    [InlineData("POST", "/v2/apis/API/stages", """{"stageName":"x","deploymentId":"nowhere"}""", 404, Missing, "Invalid Deployment identifier specified nowhere")]
    [InlineData("PATCH", "/v2/apis/API/stages/auto", """{"deploymentId":"DEPLOYMENT"}""", 400, Bad, "Deployment ID cannot be set on stage because 'Auto-Deploy' is enabled.")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"stageVariables":{"a-b":"c"}}""", 400, Bad, "stageVariables has the key 'a-b', which does not match")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"stageVariables":{"a":"b c"}}""", 400, Bad, "stageVariables has a value for 'a' that must match")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"routeSettings":{"nowhere":{"throttlingRateLimit":1}}}""", 400, Bad, "Unable to find Route by key nowhere within the provided RouteSettings")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"routeSettings":{"say":{"throttlingRateLimit":-1}}}""", 400, Bad, "throttlingRateLimit must be a number from 0")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"defaultRouteSettings":{"loggingLevel":"DEBUG"}}""", 400, Bad, "loggingLevel must be one of [ERROR, INFO, OFF].")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"accessLogSettings":{"destinationArn":"stdout"}}""", 400, Bad, "accessLogSettings needs both destinationArn and format.")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"accessLogSettings":{"destinationArn":"arn:aws:s3:::x","format":"$context.requestId"}}""", 400, Bad, "must be the ARN of a CloudWatch Logs group")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"accessLogSettings":{"destinationArn":"stdout","format":"$context.status"}}""", 400, Bad, "must contain either '$context.requestId'")]
    [InlineData("PATCH", "/v2/apis/API/stages/prod", """{"clientCertificateId":"x"}""", 400, Bad, "clientCertificateId is not supported")]
    [InlineData("DELETE", "/v2/apis/API/stages/prod", "{}", 400, Bad, "Please remove all base path mappings related to the stage in your domains.")]
    [InlineData("DELETE", "/v2/apis/API/stages/prod/routesettings/say", "{}", 404, Missing, "Invalid RouteSettings identifier specified say")]
    // Domains, links, tags
    [InlineData("POST", "/v2/domainnames", """{"domainName":"localhost"}""", 400, Bad, "domainName must be a host name")]
    [InlineData("POST", "/v2/domainnames", """{"domainName":"Chat.Example.com"}""", 400, Bad, "domainName must be a host name")]
    [InlineData("POST", "/v2/domainnames", """{"domainName":"chat.example.com"}""", 409, Taken, "The domain name you provided already exists.")]
    [InlineData("POST", "/v2/domainnames", """{"domainName":"x.example.com","mutualTlsAuthentication":{"truststoreUri":"s3://x/y"}}""", 400, Bad, "mutualTlsAuthentication is not supported")]
    [InlineData("POST", "/v2/domainnames", """{"domainName":"x.example.com","routingMode":"ROUTING_RULE_ONLY"}""", 400, Bad, "routingMode must be one of [API_MAPPING_ONLY].")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"prod","apiMappingKey":"/x"}""", 400, Bad, "API mapping key should not start with a '/' or have consecutive '/'s.")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"prod","apiMappingKey":"x//y"}""", 400, Bad, "API mapping key should not start with a '/' or have consecutive '/'s.")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"prod","apiMappingKey":"x/"}""", 400, Bad, "API mapping key should not end with a '/'.")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"prod","apiMappingKey":"x y"}""", 400, Bad, "API mapping key can only have letters")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"prod","apiMappingKey":"rooms"}""", 409, Taken, "ApiMapping key already exists for this domain name")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"nowhere","stage":"prod"}""", 404, Missing, "Invalid API identifier specified")]
    [InlineData("POST", "/v2/domainnames/chat.example.com/apimappings", """{"apiId":"API","stage":"nowhere"}""", 400, Bad, "Invalid stage identifier specified")]
    [InlineData("GET", "/v2/domainnames/nowhere.example.com", "{}", 404, Missing, "Invalid DomainName identifier specified")]
    [InlineData("DELETE", "/v2/vpclinks/LINK", "{}", 409, Taken, "an integration uses it.")]
    [InlineData("POST", "/v2/vpclinks", """{"name":"x"}""", 400, Bad, "subnetIds is required.")]
    [InlineData("POST", "/v2/tags/arn%3Aaws%3Aapigateway%3Aus-east-1%3A%3A%2Fapis%2Fnowhere", """{"tags":{"a":"b"}}""", 404, Missing, "Invalid Resource identifier specified arn:aws:apigateway:us-east-1::/apis/nowhere")]
    [InlineData("POST", "/v2/tags/arn:aws:apigateway:us-east-1::%2Fapis%2FAPI", """{"tags":["a"]}""", 400, Bad, "tags must be an object")]
    [InlineData("DELETE", "/v2/tags/arn:aws:apigateway:us-east-1::%2Fapis%2FAPI", "{}", 400, Bad, "tagKeys is required.")]
    public async Task Call_ThatBreaksARule_IsRefusedAndChangesNothing(string method, string target, string body, int status, string type, string message)
    {
        var before = await _bench.Store.LoadAsync(TestContext.Current.CancellationToken);
        var connect = AuthoredId("$connect");

        var answer = await _bench.CallAsync(method, Fill(target, connect), JsonNode.Parse(Fill(body, connect)));

        Assert.Equal((status, type), (answer.Status, answer.ErrorType));
        Assert.Contains(message, answer.Body!["message"]!.ToString(), StringComparison.Ordinal);
        Assert.Equal(before.Revision, (await _bench.Store.LoadAsync(TestContext.Current.CancellationToken)).Revision);
    }

    [Theory]
    [InlineData("GET", "/v2/apis/API/routes/ROUTE/more")]
    [InlineData("PUT", "/v2/apis/API/routes/ROUTE")]
    [InlineData("GET", "/v2/nothing")]
    [InlineData("GET", "/v2")]
    public async Task Call_OfAnUnknownPath_IsNotFound(string method, string target) =>
        Assert.Equal("unknown path", (await _bench.CallAsync(method, Fill(target, "x"))).ErrorType);

    private string AuthoredId(string routeKey) => _bench.Executor.State
        .List<RealtimeGateway.ControlPlane.Resources.RouteResource>($"apis/{_api}/routes").Single(route => route.RouteKey == routeKey).RouteId;

    private string Fill(string text, string connect)
    {
        (string Name, string Value)[] names =
        [
            ("apis/API", $"apis/{_api}"), ("apis%2FAPI", $"apis%2F{_api}"), ("\"apiId\":\"API\"", $"\"apiId\":\"{_api}\""), ("routes/ROUTE", $"routes/{_route}"),
            ("routes/CONNECT", $"routes/{connect}"), ("integrations/HTTP", $"integrations/{_http}"), ("integrations/MOCK", $"integrations/{_mock}"),
            ("models/MODEL", $"models/{_model}"), ("AUTHORIZER", _authorizer), ("DEPLOYMENT", _deployment), ("LINK", _link),
        ];
        return text.StartsWith('{') && text.Contains("VPC_LINK", StringComparison.Ordinal)
            ? text
            : names.Aggregate(text, (filled, name) => filled.Replace(name.Name, name.Value, StringComparison.Ordinal));
    }

    private async Task<string> IdAsync(string target, string body, string member) => (await _bench.DoAsync("POST", target, body))[member]!.ToString();
}
