using RealtimeGateway.Apis;
using RealtimeGateway.Authorization.ApiKeys;
using RealtimeGateway.Events;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Authorization;

/// <summary>Turns what an author wrote about who may connect into what is asked, or says everything that is wrong.</summary>
internal sealed class AdmissionCompiler(AuthorizerCompiler authorizers, TimeProvider time)
{
    private const string KeyFromHeader = "$request.header.x-api-key";
    private const string KeyFromAuthorizer = "$context.authorizer.usageIdentifierKey";

    private static readonly StageApiKeys NoKeys = new([]);

    /// <summary>Compiles the admission of one stage.</summary>
    /// <param name="api">The API.</param>
    /// <param name="stage">The stage.</param>
    /// <param name="keys">The keys that may use the stage; null: there are none.</param>
    /// <param name="throttle">The rate of connects.</param>
    /// <param name="account">The rate of the whole gateway.</param>
    /// <param name="path">Where the API was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    public Admission Compile(
        Api api,
        StageIdentity stage,
        StageApiKeys? keys,
        TokenBucket? throttle,
        TokenBucket? account,
        ConfigurationPath path,
        ICollection<ConfigurationError> errors)
    {
        var isKeyFromAuthorizer = api.ApiKeySelectionExpression == KeyFromAuthorizer;
        if (!isKeyFromAuthorizer && api.ApiKeySelectionExpression != KeyFromHeader)
        {
            errors.Add(new(path["apiKeySelectionExpression"], $"An API key is in {KeyFromHeader} or {KeyFromAuthorizer}; write one of them."));
        }

        foreach (var route in api.Routes.Where(static route => route.ApiKeyRequired && route.RouteKey != Route.Connect))
        {
            errors.Add(new(path["routes"][route.RouteKey]["apiKeyRequired"], "API keys are asked for on $connect only; set it there."));
        }

        var connect = api.Routes.FirstOrDefault(static route => route.RouteKey == Route.Connect);
        if (isKeyFromAuthorizer && connect is { ApiKeyRequired: true, AuthorizationType: not AuthorizationType.Custom })
        {
            errors.Add(new(path["apiKeySelectionExpression"], "Only a Lambda authorizer can name the key; give $connect one, or take the key from the header."));
        }

        return new Admission
        {
            Time = time,
            Throttle = throttle,
            AccountThrottle = account,
            ApiKeys = connect?.ApiKeyRequired == true ? keys ?? NoKeys : null,
            IsKeyFromAuthorizer = isKeyFromAuthorizer,
            Authorizer = authorizers.Compile(api, stage, path, errors),
            Parameters = RequiredParameters.Compile(api, path, errors),
        };
    }
}
