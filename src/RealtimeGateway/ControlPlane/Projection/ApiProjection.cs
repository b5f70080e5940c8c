using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane.Projection;

/// <summary>Turns what a deployment froze, and one stage, into the record that the data plane compiles.</summary>
internal static class ApiProjection
{
    private static readonly ImmutableSortedDictionary<string, string> NoText = ImmutableSortedDictionary<string, string>.Empty;

    /// <summary>The API with that one stage.</summary>
    public static Api Of(SnapshotResource snapshot, StageResource stage) => new()
    {
        Id = ApiId.Parse(snapshot.Api.ApiId),
        Name = snapshot.Api.Name,
        RouteSelectionExpression = snapshot.Api.RouteSelectionExpression,
        ApiKeySelectionExpression = snapshot.Api.ApiKeySelectionExpression ?? "$request.header.x-api-key",
        DisableSchemaValidation = snapshot.Api.DisableSchemaValidation ?? false,
        DisableDefaultEndpoint = snapshot.Api.DisableExecuteApiEndpoint ?? false,
        Authorizers = [.. snapshot.Authorizers.Select(Of)],
        Models = [.. snapshot.Models.Select(model => new Model { Name = model.Name, Schema = model.Schema })],
        Routes = [.. snapshot.Routes.Select(route => Of(route, snapshot))],
        Integrations = [.. snapshot.Integrations.Select(integration => Of(integration, snapshot))],
        Stages = [Of(stage, snapshot)],
    };

    private static Authorizer Of(AuthorizerResource authorizer) => new()
    {
        Id = authorizer.AuthorizerId,
        Type = AuthorizerType.Request,
        Uri = authorizer.AuthorizerUri,
        CredentialsArn = authorizer.AuthorizerCredentialsArn,
        IdentitySources = authorizer.IdentitySource ?? [],
    };

    private static Route Of(RouteResource route, SnapshotResource snapshot)
    {
        // Who may connect is asked on $connect alone; elsewhere AWS keeps the settings without using them.
        var isConnect = route.RouteKey == Route.Connect;
        return new()
        {
            RouteKey = route.RouteKey,
            Target = route.Target?[(route.Target.IndexOf('/', StringComparison.Ordinal) + 1)..],
            HasRouteResponse = snapshot.RouteResponses.GetValueOrDefault(route.RouteId, []).Any(response => response.RouteResponseKey == Route.Default),
            AuthorizationType = isConnect ? AuthorizationTypeOf(route.AuthorizationType) : AuthorizationType.None,
            AuthorizerId = isConnect ? route.AuthorizerId : null,
            ApiKeyRequired = isConnect && (route.ApiKeyRequired ?? false),
            ModelSelectionExpression = route.ModelSelectionExpression,
            RequestModels = route.RequestModels ?? NoText,
            RequestParameters = isConnect && route.RequestParameters is { } parameters
                ? parameters.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Required ?? false)
                : ImmutableSortedDictionary<string, bool>.Empty,
        };
    }

    private static Integration Of(IntegrationResource integration, SnapshotResource snapshot)
    {
        var projected = new Integration
        {
            Id = integration.IntegrationId,
            Type = IntegrationTypeOf(integration.IntegrationType),
            Uri = integration.IntegrationUri,
            CredentialsArn = integration.CredentialsArn,
            RequestParameters = integration.RequestParameters ?? NoText,
            RequestTemplates = integration.RequestTemplates ?? NoText,
            TemplateSelectionExpression = integration.TemplateSelectionExpression,
            PassthroughBehavior = PassthroughOf(integration.PassthroughBehavior),
            ContentHandling = ContentHandlingOf(integration.ContentHandlingStrategy),
            Responses = Responses(snapshot.IntegrationResponses.GetValueOrDefault(integration.IntegrationId, [])),
        };
        projected = integration.IntegrationMethod is { } method ? projected with { Method = method } : projected;
        return integration.TimeoutInMillis is { } timeout ? projected with { Timeout = TimeSpan.FromMilliseconds(timeout) } : projected;
    }

    /// <summary>An author of a file must say what becomes of other answers; tools need not, and then those pass as they are.</summary>
    private static ImmutableArray<IntegrationResponse> Responses(ImmutableArray<IntegrationResponseResource> responses)
    {
        ImmutableArray<IntegrationResponse> projected =
            [.. responses.OrderBy(response => response.IntegrationResponseKey, StringComparer.Ordinal).Select(Of)];
        return projected.IsEmpty || projected.Any(response => response.Key == Route.Default) ? projected : projected.Add(new() { Key = Route.Default });
    }

    private static IntegrationResponse Of(IntegrationResponseResource response) => new()
    {
        Key = response.IntegrationResponseKey,
        ResponseTemplates = response.ResponseTemplates ?? NoText,
        TemplateSelectionExpression = response.TemplateSelectionExpression,
        ResponseParameters = response.ResponseParameters ?? NoText,
        ContentHandling = ContentHandlingOf(response.ContentHandlingStrategy),
    };

    private static Stage Of(StageResource stage, SnapshotResource snapshot) => new()
    {
        Name = stage.StageName,
        Variables = stage.StageVariables ?? NoText,
        DefaultRouteSettings = Of(stage.DefaultRouteSettings),
        RouteSettings = (stage.RouteSettings ?? ImmutableSortedDictionary<string, StageRouteSettings>.Empty)
            // A route that is gone may still have settings, until a tool takes them away.
            .Where(pair => snapshot.Routes.Any(route => route.RouteKey == pair.Key))
            .ToImmutableSortedDictionary(pair => pair.Key, pair => Of(pair.Value)),
        AccessLog = stage.AccessLogSettings is { DestinationArn: { } destination, Format: { } format }
            ? new() { Destination = AccessLogDestination.Of(destination), Format = format }
            : null,
    };

    private static RouteSettings Of(StageRouteSettings? settings) => new()
    {
        ThrottlingRateLimit = settings?.ThrottlingRateLimit,
        DataTraceEnabled = settings?.DataTraceEnabled ?? false,
        LoggingLevel = settings?.LoggingLevel switch
        {
            "INFO" => LoggingLevel.Info,
            "ERROR" => LoggingLevel.Error,
            _ => LoggingLevel.Off,
        },
        ThrottlingBurstLimit = settings?.ThrottlingBurstLimit,
        DetailedMetricsEnabled = settings?.DetailedMetricsEnabled ?? false,
    };

    private static AuthorizationType AuthorizationTypeOf(string? name) => name switch
    {
        "AWS_IAM" => AuthorizationType.AwsIam,
        "CUSTOM" => AuthorizationType.Custom,
        _ => AuthorizationType.None,
    };

    private static IntegrationType IntegrationTypeOf(string name) => name switch
    {
        "HTTP_PROXY" => IntegrationType.HttpProxy,
        "HTTP" => IntegrationType.Http,
        "AWS_PROXY" => IntegrationType.AwsProxy,
        "AWS" => IntegrationType.Aws,
        _ => IntegrationType.Mock,
    };

    private static PassthroughBehavior PassthroughOf(string? name) => name switch
    {
        "WHEN_NO_TEMPLATES" => PassthroughBehavior.WhenNoTemplates,
        "NEVER" => PassthroughBehavior.Never,
        _ => PassthroughBehavior.WhenNoMatch,
    };

    private static ContentHandling ContentHandlingOf(string? name) => name switch
    {
        "CONVERT_TO_BINARY" => ContentHandling.ConvertToBinary,
        "CONVERT_TO_TEXT" => ContentHandling.ConvertToText,
        _ => ContentHandling.None,
    };
}
