using RealtimeGateway.Apis;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations.Http;
using RealtimeGateway.Integrations.Lambda;
using RealtimeGateway.Integrations.Mock;

namespace RealtimeGateway.Integrations;

/// <summary>Turns what an author wrote about a back end into something that can be called.</summary>
internal sealed class IntegrationCompiler(IntegrationResources resources)
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(15);

    /// <summary>Compiles an integration for one stage.</summary>
    /// <param name="integration">What was written.</param>
    /// <param name="stage">The stage, whose variables are put into the URI.</param>
    /// <param name="path">Where it was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public IIntegration? Compile(Integration integration, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
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

        IIntegration? compiled = integration.Type switch
        {
            IntegrationType.HttpProxy => CompileHttp(integration, stage, path, errors),
            IntegrationType.AwsProxy => CompileLambda(integration, stage, path, errors),
            _ => new MockIntegration(),
        };
        return errors.Count == before ? compiled : null;
    }

    private HttpProxyIntegration? CompileHttp(
        Integration integration, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (!IsToken(integration.Method))
        {
            errors.Add(new(path["method"], $"'{integration.Method}' is no HTTP method; write for example POST."));
            return null;
        }

        if (Expand(integration, stage, path, errors) is not { } uri)
        {
            return null;
        }

        if (!Uri.TryCreate(uri, UriKind.Absolute, out var target) || target.Scheme is not ("http" or "https") || target.UserInfo.Length > 0)
        {
            errors.Add(new(path["uri"], $"'{uri}' is no absolute http or https URL without a user name; write for example http://127.0.0.1:5000/messages."));
            return null;
        }

        return new HttpProxyIntegration(integration, target, stage, resources.Client, resources.Time);
    }

    private LambdaProxyIntegration? CompileLambda(
        Integration integration, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (Expand(integration, stage, path, errors) is not { } uri)
        {
            return null;
        }

        if (FunctionName.TryParse(uri) is not { } function)
        {
            errors.Add(new(path["uri"], $"'{uri}' names no Lambda function; write its ARN, arn:aws:lambda:{{region}}:{{account}}:function:{{name}}, or an invocation URI that holds one."));
            return null;
        }

        try
        {
            return new LambdaProxyIntegration(integration, function, stage, resources);
        }
        catch (FormatException exception)
        {
            errors.Add(new(path["uri"], exception.Message));
            return null;
        }
    }

    private static string? Expand(Integration integration, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (integration.Uri is not { Length: > 0 } uri)
        {
            errors.Add(new(path["uri"], "This type of integration needs a uri."));
            return null;
        }

        if (StageVariables.TryExpand(uri, stage.Variables, out var expanded, out var error))
        {
            return expanded;
        }

        errors.Add(new(path["uri"], $"In stage '{stage.Name}': {error}"));
        return null;
    }

    private static bool IsToken(string method) => method.Length is > 0 and <= 32 && method.All(c => char.IsAsciiLetterUpper(c));
}
