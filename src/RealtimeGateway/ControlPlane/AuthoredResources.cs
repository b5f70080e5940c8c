using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane;

/// <summary>
/// Shows the configuration that the application or its file gives as resources, which tools can read and not change. Ids are made from names, so that they
/// stay the same from start to start.
/// </summary>
internal sealed class AuthoredResources(ControlPlaneNames names, TimeProvider time)
{
    private const string IdLetters = "abcdefghijklmnopqrstuvwxyz0123456789";

    /// <summary>The time of the first configuration stands for its creation.</summary>
    private readonly DateTimeOffset _createdAt = time.GetUtcNow();

    private string Created => _createdAt.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", System.Globalization.CultureInfo.InvariantCulture);

    /// <summary>The resources of a configuration.</summary>
    public ResourceTree Of(GatewayConfiguration configuration) => ResourceTree.Of(configuration.Apis.SelectMany(OfApi).Concat(AuthoredAccess.Of(configuration, _createdAt)));

    /// <summary>Refuses changes to what the configuration says.</summary>
    public ControlPlaneError? Refuse(ControlPlaneState state, IEnumerable<ResourceChange> changes)
    {
        var refused = changes.Select(change => change.Key).FirstOrDefault(state.IsAuthored);
        return refused == default
            ? null
            : ControlPlaneError.BadRequest($"'{refused.Root}' is defined by {names.AuthoredBy} and can only be changed there.");
    }

    /// <summary>An id for what has only a name.</summary>
    internal static string IdOf(string kind, string name)
    {
        var hash = SHA256.HashData(Encoding.UTF8.GetBytes($"{kind}/{name}"));
        return string.Create(7, hash, static (id, hash) =>
        {
            for (var i = 0; i < id.Length; i++)
            {
                id[i] = IdLetters[hash[i] % (i == 0 ? 26 : IdLetters.Length)];
            }
        });
    }

    private IEnumerable<(ResourceKey Key, Resource Resource)> OfApi(Api api)
    {
        var id = api.Id.ToString();
        var deployment = IdOf(Collections.Deployments, id);
        yield return (Collections.Api(id), new ApiResource
        {
            ApiId = id,
            Name = api.Name,
            ProtocolType = "WEBSOCKET",
            RouteSelectionExpression = api.RouteSelectionExpression,
            ApiKeySelectionExpression = api.ApiKeySelectionExpression,
            DisableExecuteApiEndpoint = api.DisableDefaultEndpoint,
            DisableSchemaValidation = api.DisableSchemaValidation ? true : null,
            IpAddressType = "ipv4",
            CreatedDate = Created,
            Description = $"Defined by {names.AuthoredBy}",
            Tags = ImmutableSortedDictionary<string, string>.Empty,
        });
        yield return (new(Collections.Of(id, Collections.Deployments), deployment), new DeploymentResource
        {
            DeploymentId = deployment,
            AutoDeployed = true,
            CreatedDate = Created,
            DeploymentStatus = DeploymentResource.Deployed,
        });
        foreach (var entry in api.Stages.SelectMany(stage => OfStage(id, deployment, stage))
            .Concat(api.Routes.SelectMany(route => OfRoute(id, route)))
            .Concat(api.Integrations.SelectMany(integration => OfIntegration(id, integration))))
        {
            yield return entry;
        }

        foreach (var model in api.Models)
        {
            var modelId = IdOf(Collections.Models, model.Name);
            yield return (new(Collections.Of(id, Collections.Models), modelId),
                new ModelResource { ModelId = modelId, Name = model.Name, Schema = model.Schema, ContentType = "application/json" });
        }

        foreach (var authorizer in api.Authorizers)
        {
            var authorizerId = IdOf(Collections.Authorizers, authorizer.Id);
            yield return (new(Collections.Of(id, Collections.Authorizers), authorizerId), new AuthorizerResource
            {
                AuthorizerId = authorizerId,
                Name = authorizer.Id,
                AuthorizerType = authorizer.Type == AuthorizerType.Jwt ? "JWT" : "REQUEST",
                AuthorizerUri = authorizer.Uri,
                AuthorizerCredentialsArn = authorizer.CredentialsArn,
                IdentitySource = authorizer.IdentitySources,
                AuthorizerResultTtlInSeconds = authorizer.Type == AuthorizerType.Jwt ? null : 0,
            });
        }
    }

    private IEnumerable<(ResourceKey Key, Resource Resource)> OfStage(string apiId, string deployment, Stage stage)
    {
        yield return (new(Collections.Of(apiId, Collections.Stages), stage.Name), new StageResource
        {
            StageName = stage.Name,
            DeploymentId = deployment,
            AutoDeploy = true,
            CreatedDate = Created,
            LastUpdatedDate = Created,
            StageVariables = stage.Variables,
            DefaultRouteSettings = Settings(stage.DefaultRouteSettings),
            RouteSettings = stage.RouteSettings.ToImmutableSortedDictionary(pair => pair.Key, pair => Settings(pair.Value)),
            AccessLogSettings = stage.AccessLog is { } access ? new() { DestinationArn = access.Destination, Format = access.Format } : null,
            Tags = ImmutableSortedDictionary<string, string>.Empty,
        });
    }

    private static StageRouteSettings Settings(RouteSettings settings) => new()
    {
        DetailedMetricsEnabled = settings.DetailedMetricsEnabled,
        ThrottlingBurstLimit = settings.ThrottlingBurstLimit,
        ThrottlingRateLimit = settings.ThrottlingRateLimit,
        DataTraceEnabled = settings.DataTraceEnabled,
        LoggingLevel = settings.LoggingLevel.ToString().ToUpperInvariant(),
    };

    private static IEnumerable<(ResourceKey Key, Resource Resource)> OfRoute(string apiId, Route route)
    {
        var key = new ResourceKey(Collections.Of(apiId, Collections.Routes), IdOf(Collections.Routes, route.RouteKey));
        yield return (key, new RouteResource
        {
            RouteId = key.Id,
            RouteKey = route.RouteKey,
            Target = route.Target is { } target ? $"integrations/{IdOf(Collections.Integrations, target)}" : null,
            ApiKeyRequired = route.ApiKeyRequired,
            AuthorizationType = route.AuthorizationType switch
            {
                AuthorizationType.AwsIam => "AWS_IAM",
                AuthorizationType.Custom => "CUSTOM",
                AuthorizationType.Jwt => "JWT",
                _ => "NONE",
            },
            AuthorizerId = route.AuthorizerId is { } authorizer ? IdOf(Collections.Authorizers, authorizer) : null,
            ModelSelectionExpression = route.ModelSelectionExpression,
            RequestModels = route.RequestModels.IsEmpty ? null : route.RequestModels,
            RequestParameters = route.RequestParameters.IsEmpty
                ? null
                : route.RequestParameters.ToImmutableSortedDictionary(pair => pair.Key, pair => new ParameterConstraint { Required = pair.Value }),
            RouteResponseSelectionExpression = route.HasRouteResponse ? Route.Default : null,
        });
        if (route.HasRouteResponse)
        {
            var id = IdOf(Collections.RouteResponses, route.RouteKey);
            yield return (new(key.Child(Collections.RouteResponses), id),
                new RouteResponseResource { RouteResponseId = id, RouteResponseKey = Route.Default });
        }
    }

    private static IEnumerable<(ResourceKey Key, Resource Resource)> OfIntegration(string apiId, Integration integration)
    {
        var key = new ResourceKey(Collections.Of(apiId, Collections.Integrations), IdOf(Collections.Integrations, integration.Id));
        yield return (key, new IntegrationResource
        {
            IntegrationId = key.Id,
            Description = integration.Id,
            IntegrationType = integration.Type switch
            {
                IntegrationType.HttpProxy => "HTTP_PROXY",
                IntegrationType.Http => "HTTP",
                IntegrationType.AwsProxy => "AWS_PROXY",
                IntegrationType.Aws => "AWS",
                _ => "MOCK",
            },
            IntegrationUri = integration.Uri,
            IntegrationMethod = integration.Type == IntegrationType.Mock ? null : integration.Method,
            ConnectionType = "INTERNET",
            PayloadFormatVersion = "1.0",
            CredentialsArn = integration.CredentialsArn,
            TimeoutInMillis = (int)integration.Timeout.TotalMilliseconds,
            RequestParameters = integration.RequestParameters.IsEmpty ? null : integration.RequestParameters,
            RequestTemplates = integration.RequestTemplates.IsEmpty ? null : integration.RequestTemplates,
            TemplateSelectionExpression = integration.TemplateSelectionExpression,
            PassthroughBehavior = integration.PassthroughBehavior switch
            {
                PassthroughBehavior.WhenNoTemplates => "WHEN_NO_TEMPLATES",
                PassthroughBehavior.Never => "NEVER",
                _ => "WHEN_NO_MATCH",
            },
            ContentHandlingStrategy = Name(integration.ContentHandling),
        });
        foreach (var response in integration.Responses)
        {
            var id = IdOf(Collections.IntegrationResponses, $"{integration.Id}/{response.Key}");
            yield return (new(key.Child(Collections.IntegrationResponses), id), new IntegrationResponseResource
            {
                IntegrationResponseId = id,
                IntegrationResponseKey = response.Key,
                ResponseTemplates = response.ResponseTemplates.IsEmpty ? null : response.ResponseTemplates,
                ResponseParameters = response.ResponseParameters.IsEmpty ? null : response.ResponseParameters,
                TemplateSelectionExpression = response.TemplateSelectionExpression,
                ContentHandlingStrategy = Name(response.ContentHandling),
            });
        }
    }

    private static string? Name(ContentHandling handling) => handling switch
    {
        ContentHandling.ConvertToBinary => "CONVERT_TO_BINARY",
        ContentHandling.ConvertToText => "CONVERT_TO_TEXT",
        _ => null,
    };
}
