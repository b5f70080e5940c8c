using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Deployments;
using RealtimeGateway.Hosting;

namespace RealtimeGateway.Tests.Deployments;

/// <summary>What a stage's compiler says of models, access logs and metrics.</summary>
public sealed class ObservedStageTests : IDisposable
{
    private const string Format = "$context.requestId";

    private static readonly Route Send = new() { RouteKey = "send" };

    private readonly ServiceProvider _services = Serve();

    public static TheoryData<string, string, string, string> WrongLogs => new()
    {
        { "stdout", "$context.status", "apis.chat.stages.prod.accessLog.format", "must contain $context.requestId" },
        { "stdout", "$context.requestId\nx", "apis.chat.stages.prod.accessLog.format", "must be one line" },
        { "stdout", "$context.requestId $input.body", "apis.chat.stages.prod.accessLog.format", "Column 20" },
        { "", Format, "apis.chat.stages.prod.accessLog.destination", "names no file" },
        { "logs/", Format, "apis.chat.stages.prod.accessLog.destination", "names no file" },
        { "a\0b", Format, "apis.chat.stages.prod.accessLog.destination", "names no file" },
        { "../access.log", Format, "apis.chat.stages.prod.accessLog.destination", "leads out of the data directory" },
        { "..", Format, "apis.chat.stages.prod.accessLog.destination", "leads out of the data directory" },
        { "arn:aws:logs:us-east-1:123456789012:log-group:chat", Format, "apis.chat.stages.prod.accessLog.destination", "is on AWS" },
    };

    public void Dispose() => _services.Dispose();

    [Theory]
    [MemberData(nameof(WrongLogs))]
    public void Check_AccessLogThatIsWrong_IsSaidWhereItStands(string destination, string format, string path, string message)
    {
        var error = Assert.Single(Check(new Stage { Name = "prod", AccessLog = new() { Destination = destination, Format = format } }));

        Assert.Equal(path, error.Path.ToString());
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("stdout")]
    [InlineData("access.log")]
    [InlineData("logs/..access.log")]
    [InlineData("logs/../access.log")]
    [InlineData("/var/log/gateway/access.log")]
    public void Check_AccessLogThatIsRight_IsTaken(string destination) =>
        Assert.Empty(Check(new Stage { Name = "prod", AccessLog = new() { Destination = destination, Format = Format } }));

    [Fact]
    public void Check_RouteThatNamesNoModel_IsSaidWithThoseThereAre()
    {
        var route = Send with { RequestModels = Map("$default", "nobody") };
        var error = Assert.Single(Check(Of("text", "{}"), route));

        Assert.Equal("apis.chat.routes.send.requestModels.$default: There is no model 'nobody'; the API has text.", error.ToString());
    }

    [Fact]
    public void Check_SchemaThatIsWrong_IsSaidOnceAndNotCalledUnknown()
    {
        var route = Send with { RequestModels = Map("$default", "text") };
        var error = Assert.Single(Check(Of("text", """{"type":"nonsense"}"""), route));

        Assert.Equal("apis.chat.models.text.schema", error.Path.ToString());
    }

    [Theory]
    [InlineData("no name", "{}", "apis.chat.models.no name")]
    [InlineData("text", "{", "apis.chat.models.text.schema")]
    public void Check_ModelThatIsWrong_IsSaidEvenIfNoRouteNamesIt(string name, string schema, string path) =>
        Assert.Equal(path, Assert.Single(Check(Of(name, schema), Send)).Path.ToString());

    [Fact]
    public void Check_ModelSelectionThatIsWrong_IsSaid()
    {
        var route = Send with { ModelSelectionExpression = "$request.header.kind", RequestModels = Map("$default", "text") };

        Assert.Equal("apis.chat.routes.send.modelSelectionExpression", Assert.Single(Check(Of("text", "{}"), route)).Path.ToString());
    }

    [Theory]
    [InlineData("$connect", false)]
    [InlineData("$disconnect", false)]
    [InlineData("$default", true)]
    public void Apply_ModelsOfARoute_AreKeptWhereThereAreMessages(string key, bool isKept)
    {
        var api = Chat(new Stage { Name = "prod" }) with
        {
            Models = Of("text", "{}"),
            Routes = [Send with { RouteKey = key, RequestModels = Map("$default", "text") }],
        };
        var routes = Apply(api).Routes;
        var route = key switch
        {
            Route.Connect => routes.Connect,
            Route.Disconnect => routes.Disconnect,
            _ => routes.Select("{}"u8),
        };

        Assert.Equal(isKept, route!.Models is not null);
        Assert.Null(Apply(api with { DisableSchemaValidation = true }).Routes.Select("{}"u8)?.Models);
    }

    [Theory]
    [InlineData(false, false, false, false)]
    [InlineData(true, false, true, true)]
    [InlineData(false, true, true, false)]
    public void Apply_DetailedMetrics_TellRoutesApartWhereAsked(bool byDefault, bool ofRoute, bool isSendTold, bool isCallTold)
    {
        var stage = new Stage
        {
            Name = "prod",
            DefaultRouteSettings = new() { DetailedMetricsEnabled = byDefault },
            RouteSettings = ImmutableSortedDictionary<string, RouteSettings>.Empty.Add("send", new() { DetailedMetricsEnabled = ofRoute }),
        };
        var compiled = Apply(Chat(stage) with { Routes = [Send] });

        Assert.Equal(isSendTold, compiled.Routes.Select("""{"action":"send"}"""u8)!.Tags.List.Contains(new("route", "send")));
        Assert.Equal(isCallTold, compiled.CallTags.List.Contains(new("route", "POST /@connections/{connectionId}")));
        Assert.Equal(2, compiled.Tags.List.Count);
    }

    private static ServiceProvider Serve()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        return builder.Services.BuildServiceProvider();
    }

    private static Api Chat(Stage stage) => new() { Id = ApiId.Parse("chat"), Stages = [stage] };

    private static ImmutableArray<Model> Of(string name, string schema) => [new() { Name = name, Schema = schema }];

    private static ImmutableSortedDictionary<string, string> Map(string key, string value) =>
        ImmutableSortedDictionary<string, string>.Empty.Add(key, value);

    private ImmutableArray<ConfigurationError> Check(Stage stage) => Check(Chat(stage));

    private ImmutableArray<ConfigurationError> Check(ImmutableArray<Model> models, Route route) =>
        Check(Chat(new Stage { Name = "prod" }) with { Models = models, Routes = [route] });

    private ImmutableArray<ConfigurationError> Check(Api api) =>
        _services.GetRequiredService<Gateway>().Check(new GatewayConfiguration { Apis = [api] });

    private CompiledStage Apply(Api api)
    {
        var stages = _services.GetRequiredService<ActiveStages>();
        Assert.Empty(stages.Apply(new GatewayConfiguration { Apis = [api] }));
        return Assert.Single(stages.Table.Slots).Current;
    }
}
