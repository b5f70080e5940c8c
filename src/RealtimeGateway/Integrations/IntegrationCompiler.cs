using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations.Aws;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Integrations.Lambda;
using RealtimeGateway.Integrations.Mock;

namespace RealtimeGateway.Integrations;

/// <summary>Turns what an author wrote about a back end into something that can be called.</summary>
internal sealed class IntegrationCompiler(IntegrationResources resources)
{
    /// <summary>How REST APIs on AWS ask for the caller's own credentials; for WebSocket APIs AWS refuses it.</summary>
    private const string CallersCredentials = "arn:aws:iam::*:user/*";

    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(15);

    /// <summary>Compiles an integration for one stage and one kind of route.</summary>
    /// <param name="integration">What was written.</param>
    /// <param name="route">The kind of route that calls it: what mappings may read differs.</param>
    /// <param name="stage">The stage, whose variables are put into the URI.</param>
    /// <param name="path">Where it was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public IIntegration? Compile(
        Integration integration, MappingRoute route, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        if (integration.Timeout < MinTimeout || integration.Timeout > MaxTimeout)
        {
            errors.Add(new(path["timeout"], "The timeout must be between 50ms and 15m."));
        }

        if (integration.MaxResponseBytes < 1)
        {
            errors.Add(new(path["maxResponse"], "The largest response must be at least one byte."));
        }

        if (!IsToken(integration.Method))
        {
            errors.Add(new(path["method"], $"'{integration.Method}' is no HTTP method; write for example POST."));
        }

        var log = resources.Loggers.CreateLogger<IIntegration>();
        var request = RequestShape.Compile(integration, route, path, errors, log);
        var responses = ResponseShapes.Compile(integration.Responses, route, path, errors, log);
        if (integration.Type == IntegrationType.Mock)
        {
            return errors.Count == before ? new MockIntegration(request.Templates, responses) : null;
        }

        if (integration.Uri is not { Length: > 0 })
        {
            errors.Add(new(path["uri"], "This type of integration needs a uri."));
        }

        if (integration.CredentialsArn is CallersCredentials)
        {
            errors.Add(new(path["credentialsArn"], "WebSocket APIs cannot call with the credentials of the client; name a role."));
        }

        var uri = Expand(integration.Uri ?? "", stage, path["uri"], errors);
        integration = integration with { CredentialsArn = integration.CredentialsArn is { } role ? Expand(role, stage, path["credentialsArn"], errors) : null };
        if (uri is null || errors.Count > before)
        {
            return null;
        }

        try
        {
            return integration.Type switch
            {
                IntegrationType.HttpProxy => CompileHttp(integration, uri, request, null, stage, path, errors),
                IntegrationType.Http => CompileHttp(integration, uri, request, responses, stage, path, errors),
                _ => CompileAws(integration, uri, request, responses, stage, path, errors),
            };
        }
        catch (FormatException exception)
        {
            // An endpoint variable of the environment that holds no URL.
            errors.Add(new(path["uri"], exception.Message));
            return null;
        }
    }

    private HttpIntegration? CompileHttp(
        Integration integration, string uri, RequestShape request, ResponseShapes? responses, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (!Uri.TryCreate(uri, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0)
        {
            errors.Add(new(path["uri"], "The uri must be an absolute http or https URL without user name and password; write for example http://127.0.0.1:5000/messages."));
            return null;
        }

        return new HttpIntegration(integration, uri, request, responses, stage, resources);
    }

    private IIntegration? CompileAws(
        Integration integration, string uri, RequestShape request, ResponseShapes responses, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var log = resources.Loggers.CreateLogger<LambdaClient>();
        if (FunctionName.TryParse(uri) is { } function)
        {
            var lambda = new LambdaClient(function, integration.CredentialsArn, integration.Timeout, integration.MaxResponseBytes, stage, resources);
            return integration.Type == IntegrationType.AwsProxy
                ? new LambdaProxyIntegration(lambda, log)
                : new LambdaIntegration(lambda, request, responses, log);
        }

        if (integration.Type == IntegrationType.Aws && AwsService.TryParse(uri) is { } service)
        {
            return new AwsServiceIntegration(integration, service, request, responses, stage, resources);
        }

        errors.Add(new(path["uri"], $"'{uri}' names no Lambda function; write its ARN, arn:aws:lambda:{{region}}:{{account}}:function:{{name}}, or an invocation URI that holds one. "
            + "Type AWS also takes arn:aws:apigateway:{region}:{service}:action/{name} or …:path/{path}."));
        return null;
    }

    private static string? Expand(string text, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (StageVariables.TryExpand(text, stage.Variables, out var expanded, out var error))
        {
            return expanded;
        }

        errors.Add(new(path, $"In stage '{stage.Name}': {error}"));
        return null;
    }

    private static bool IsToken(string method) => method.Length is > 0 and <= 32 && method.All(c => char.IsAsciiLetterUpper(c));
}
