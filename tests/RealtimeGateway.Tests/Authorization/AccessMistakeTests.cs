using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Authorization;

/// <summary>What is wrong with who may connect is said before anything is served.</summary>
public sealed class AccessMistakeTests
{
    private const string Function = "arn:aws:lambda:us-east-1:123456789012:function:auth";

    private static readonly Authorizer Lambda = new() { Id = "auth", Type = AuthorizerType.Request, Uri = Function };

    private static readonly Authorizer Jwt = new() { Id = "auth", Type = AuthorizerType.Jwt, Issuer = "https://issuer.example", Audience = ["chat"] };

    private static readonly ApiKey Key = new() { Id = "k1", Value = "01234567890123456789" };

    private static readonly UsagePlan Plan = new() { Id = "gold", Stages = ["chat/prod"], Keys = ["k1"] };

    private static Api Chat => new()
    {
        Id = ApiId.Parse("chat"), Routes = [new() { RouteKey = Route.Connect }, new() { RouteKey = "send" }], Stages = [new() { Name = "prod" }],
    };

    [Fact]
    public void Check_GoodAuthorizers_FindsNothing()
    {
        Assert.Empty(AccessSettings.Mistakes(With(Lambda with { IdentitySources = ["route.request.header.Auth-1", "context.connectionId", "stageVariables.x"] }, AuthorizationType.Custom)));
        Assert.Empty(AccessSettings.Mistakes(With(Jwt with { IdentitySources = ["route.request.querystring.token"], Scopes = ["chat"] }, AuthorizationType.Jwt)));
        Assert.Empty(AccessSettings.Mistakes(Chat with { Routes = [new() { RouteKey = Route.Connect, AuthorizationType = AuthorizationType.AwsIam }] }));
        // More than AWS's ten.
        Assert.Empty(AccessSettings.Mistakes(Chat with { Authorizers = [.. Enumerable.Range(0, 30).Select(i => Lambda with { Id = $"a{i}" })] }));
    }

    [Fact]
    public void Check_RouteAuthorization_SaysWhatIsWrong()
    {
        Route send = new() { RouteKey = "send" };
        AssertMistake("apis.chat.routes.$connect.authorizer: There is no authorizer 'nobody'; the API has auth.",
            With(Lambda, AuthorizationType.Custom, id: "nobody"));
        AssertMistake("apis.chat.routes.$connect.authorizer: This authorization type needs", With(Lambda, AuthorizationType.Custom, id: null));
        AssertMistake("apis.chat.routes.$connect.authorizer: An authorizer is only asked", With(Lambda, AuthorizationType.None));
        AssertMistake("apis.chat.routes.$connect.authorization: The authorizer 'auth' is of another type", With(Jwt, AuthorizationType.Custom));
        AssertMistake("apis.chat.routes.$connect.authorization: The authorizer 'auth' is of another type", With(Lambda, AuthorizationType.Jwt));
        AssertMistake("apis.chat.routes.send.authorization: Who may connect is decided on $connect only",
            Chat with { Routes = [send with { AuthorizationType = AuthorizationType.AwsIam }] });
        AssertMistake("apis.chat.routes.send.apiKeyRequired: API keys are asked for on $connect only", Chat with { Routes = [send with { ApiKeyRequired = true }] });
        AssertMistake("apis.chat.routes.send.requestParameters.\"route.request.header.X\": Only the handshake",
            Chat with { Routes = [send with { RequestParameters = Required("route.request.header.X") }] });
        AssertMistake("apis.chat.routes.$connect.requestParameters.\"route.request.body.x\": 'route.request.body.x' is no parameter",
            Chat with { Routes = [send with { RouteKey = Route.Connect, RequestParameters = Required("route.request.body.x") }] });
        AssertMistake("apis.chat.authorizers.auth: There are two authorizers 'auth'; keep one.", Chat with { Authorizers = [Lambda, Lambda] });
    }

    [Theory]
    [InlineData("method.request.header.X")]
    [InlineData("route.request.body.token")]
    [InlineData("route.request.header.")]
    [InlineData("route.request.header.X Y")]
    [InlineData("route.request.header.X\n")]
    [InlineData("$request.header.X")]
    [InlineData("context.nothing")]
    [InlineData("")]
    public void Check_BadIdentitySource_SaysWhatIsWrong(string source)
    {
        AssertMistake("apis.chat.authorizers.auth.identitySources.0: '", With(Lambda with { IdentitySources = [source] }, AuthorizationType.Custom));
    }

    [Fact]
    public void Check_Authorizer_SaysWhatIsWrong()
    {
        const string At = "apis.chat.authorizers.auth.";
        AssertMistake(At + "uri: An authorizer of type REQUEST needs a uri", With(Lambda with { Uri = null }, AuthorizationType.Custom));
        AssertMistake(At + "uri: 'https://x.example' names no Lambda function", With(Lambda with { Uri = "https://x.example" }, AuthorizationType.Custom));
        AssertMistake(At + "uri: In stage 'prod': ", With(Lambda with { Uri = Function + "${stageVariables.none}" }, AuthorizationType.Custom));
        AssertMistake(At + "timeout: ", With(Lambda with { Timeout = TimeSpan.Zero }, AuthorizationType.Custom));
        AssertMistake(At + "issuer: An authorizer of type JWT needs the issuer", With(Jwt with { Issuer = null }, AuthorizationType.Jwt));
        AssertMistake(At + "issuer: An issuer that is no http or https URL", With(Jwt with { Issuer = "me" }, AuthorizationType.Jwt));
        AssertMistake(At + "jwksUri: 'file:///etc/keys' is no absolute http or https URL", With(Jwt with { JwksUri = "file:///etc/keys" }, AuthorizationType.Jwt));
        AssertMistake(At + "audience: ", With(Jwt with { Audience = [] }, AuthorizationType.Jwt));
        AssertMistake(At + "clockSkew: ", With(Jwt with { ClockSkew = TimeSpan.FromHours(1) }, AuthorizationType.Jwt));
        AssertMistake(At + "identitySources: A token is in one place",
            With(Jwt with { IdentitySources = ["route.request.header.A", "route.request.header.B"] }, AuthorizationType.Jwt));
    }

    [Fact]
    public void Check_KeysAndPlans_SayWhatIsWrong()
    {
        var good = new GatewayConfiguration { ApiKeys = [Key], UsagePlans = [Plan] };
        Assert.Empty(AccessSettings.Mistakes(Chat, good));

        AssertMistake("apiKeys.k1: There are two API keys 'k1'; keep one.", Chat, good with { ApiKeys = [Key, Key] });
        AssertMistake("apiKeys.k1.value: The value of an API key has 20 to 128 characters, this one has 5.", Chat, good with { ApiKeys = [Key with { Value = "short" }] });
        AssertMistake("apiKeys.k2.value: Another API key has the same value", Chat, good with { ApiKeys = [Key, Key with { Id = "k2" }] });
        AssertMistake("usagePlans.gold: There are two usage plans 'gold'; keep one.", Chat, good with { UsagePlans = [Plan, Plan] });
        AssertMistake("usagePlans.gold.keys.0: There is no API key 'k9'.", Chat, good with { UsagePlans = [Plan with { Keys = ["k9"] }] });
        AssertMistake("usagePlans.gold.stages.0: There is no stage 'chat/dev'", Chat, good with { UsagePlans = [Plan with { Stages = ["chat/dev"] }] });
        AssertMistake("usagePlans.gold.quotaLimit: ", Chat, good with { UsagePlans = [Plan with { QuotaLimit = -1 }] });
        AssertMistake("usagePlans.gold.rateLimit: ", Chat, good with { UsagePlans = [Plan with { RateLimit = -1 }] });
        AssertMistake("usagePlans.silver.stages: The API key 'k1' may use 'chat/prod' by two usage plans", Chat, good with { UsagePlans = [Plan, Plan with { Id = "silver" }] });
        AssertMistake("apis.chat.apiKeySelectionExpression: An API key is in $request.header.x-api-key or", Chat with { ApiKeySelectionExpression = "$request.header.key" });
        AssertMistake("apis.chat.apiKeySelectionExpression: Only a Lambda authorizer can name the key", Chat with
        {
            ApiKeySelectionExpression = "$context.authorizer.usageIdentifierKey", Routes = [new() { RouteKey = Route.Connect, ApiKeyRequired = true }],
        });
    }

    [Fact]
    public void Check_Throttling_SaysWhatIsWrong()
    {
        RouteSettings negative = new() { ThrottlingRateLimit = -1 };
        AssertMistake("accountSettings.rateLimit: ", Chat, new GatewayConfiguration { AccountSettings = negative });
        AssertMistake("apis.chat.stages.prod.defaultRouteSettings.rateLimit: ", Chat with { Stages = [new() { Name = "prod", DefaultRouteSettings = negative }] });
        AssertMistake("apis.chat.stages.prod.routeSettings.send.rateLimit: ", Chat with { Stages = [new() { Name = "prod", RouteSettings = Settings("send", negative) }] });
        AssertMistake("apis.chat.stages.prod.routeSettings.sned: There is no route 'sned'.", Chat with { Stages = [new() { Name = "prod", RouteSettings = Settings("sned", new()) }] });
        AssertMistake("apis.chat.stages.prod.defaultRouteSettings.burstLimit: A burst limit bounds nothing",
            Chat with { Stages = [new() { Name = "prod", DefaultRouteSettings = new() { ThrottlingBurstLimit = 5 } }] });
    }

    private static Api With(Authorizer authorizer, AuthorizationType type, string? id = "auth") => Chat with
    {
        Authorizers = [authorizer],
        Routes = [new() { RouteKey = Route.Connect, AuthorizationType = type, AuthorizerId = id }],
        Stages = [new() { Name = "prod", Variables = ImmutableSortedDictionary<string, string>.Empty.Add("x", "1") }],
    };

    private static ImmutableSortedDictionary<string, bool> Required(string name) => ImmutableSortedDictionary<string, bool>.Empty.Add(name, true);

    private static ImmutableSortedDictionary<string, RouteSettings> Settings(string key, RouteSettings settings) =>
        ImmutableSortedDictionary<string, RouteSettings>.Empty.Add(key, settings);

    /// <summary>Exactly one mistake, which begins like this.</summary>
    private static void AssertMistake(string expected, Api api, GatewayConfiguration? rest = null) =>
        Assert.StartsWith(expected, Assert.Single(AccessSettings.Mistakes(api, rest)), StringComparison.Ordinal);
}
