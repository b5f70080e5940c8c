using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization.Jwt;
using RealtimeGateway.Authorization.Lambda;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;
using RealtimeGateway.Integrations;
using RealtimeGateway.Integrations.Lambda;

namespace RealtimeGateway.Authorization;

/// <summary>Turns what an author wrote about authorizers into what decides, or says everything that is wrong.</summary>
internal sealed class AuthorizerCompiler(IntegrationResources resources, JwtValidators validators, GatewayAccess access, TimeProvider time)
{
    private static readonly TimeSpan MinTimeout = TimeSpan.FromMilliseconds(50);
    private static readonly TimeSpan MaxTimeout = TimeSpan.FromMinutes(15);
    private static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    /// <summary>Compiles all authorizers of an API and picks the one of its <c>$connect</c>; null when everybody may connect, or something is wrong.</summary>
    public IAuthorizer? Compile(Api api, StageIdentity stage, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var compiled = new Dictionary<string, (AuthorizerType Type, IAuthorizer? Ready)>(StringComparer.Ordinal);
        foreach (var authorizer in api.Authorizers)
        {
            var place = path["authorizers"][authorizer.Id];
            if (!compiled.TryAdd(authorizer.Id, (authorizer.Type, Compile(authorizer, stage, place, errors))))
            {
                errors.Add(new(place, $"There are two authorizers '{authorizer.Id}'; keep one."));
            }
        }

        IAuthorizer? chosen = null;
        foreach (var route in api.Routes)
        {
            var place = path["routes"][route.RouteKey];
            if (route.RouteKey == Route.Connect)
            {
                chosen = Choose(route, compiled, place, errors);
            }
            else if (route.AuthorizationType != AuthorizationType.None || route.AuthorizerId is not null)
            {
                errors.Add(new(place["authorization"], "Who may connect is decided on $connect only; set the authorization there."));
            }
        }

        return chosen;
    }

    private IAuthorizer? Choose(
        Route route, Dictionary<string, (AuthorizerType Type, IAuthorizer? Ready)> compiled, ConfigurationPath place, ICollection<ConfigurationError> errors)
    {
        if (route.AuthorizationType is AuthorizationType.None or AuthorizationType.AwsIam)
        {
            if (route.AuthorizerId is not null)
            {
                errors.Add(new(place["authorizer"], "An authorizer is only asked with the authorization type CUSTOM or JWT; set that too."));
            }

            return route.AuthorizationType == AuthorizationType.AwsIam ? new IamAuthorizer(access, time) : null;
        }

        if (route.AuthorizerId is not { } id)
        {
            errors.Add(new(place["authorizer"], "This authorization type needs the id of one of the API's authorizers."));
            return null;
        }

        if (!compiled.TryGetValue(id, out var found))
        {
            var known = string.Join(", ", compiled.Keys.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? $"the API has {list}" : "the API has none";
            errors.Add(new(place["authorizer"], $"There is no authorizer '{id}'; {known}."));
            return null;
        }

        if (found.Type == AuthorizerType.Request != (route.AuthorizationType == AuthorizationType.Custom))
        {
            errors.Add(new(place["authorization"], $"The authorizer '{id}' is of another type: CUSTOM goes with REQUEST, JWT with JWT."));
        }

        return found.Ready;
    }

    private IAuthorizer? Compile(Authorizer authorizer, StageIdentity stage, ConfigurationPath place, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        var sources = ImmutableArray.CreateBuilder<IdentitySource>();
        for (var i = 0; i < authorizer.IdentitySources.Length; i++)
        {
            if (IdentitySource.TryParse(authorizer.IdentitySources[i], out var source, out var error))
            {
                sources.Add(source);
            }
            else
            {
                errors.Add(new(place["identitySources"][i], error));
            }
        }

        IAuthorizer? ready = authorizer.Type == AuthorizerType.Jwt
            ? CompileJwt(authorizer, sources.ToImmutable(), place, errors)
            : CompileLambda(authorizer, sources.ToImmutable(), stage, place, errors);
        return errors.Count == before ? ready : null;
    }

    private LambdaAuthorizer? CompileLambda(
        Authorizer authorizer, ImmutableArray<IdentitySource> sources, StageIdentity stage, ConfigurationPath place, ICollection<ConfigurationError> errors)
    {
        if (authorizer.Timeout < MinTimeout || authorizer.Timeout > MaxTimeout)
        {
            errors.Add(new(place["timeout"], "The timeout must be between 50ms and 15m."));
        }

        if (authorizer.Uri is not { Length: > 0 } text)
        {
            errors.Add(new(place["uri"], "An authorizer of type REQUEST needs a uri: the ARN of a Lambda function."));
            return null;
        }

        if (!StageVariables.TryExpand(text, stage.Variables, out var uri, out var error))
        {
            errors.Add(new(place["uri"], $"In stage '{stage.Name}': {error}"));
            return null;
        }

        if (FunctionName.TryParse(uri) is not { } function)
        {
            errors.Add(new(place["uri"], $"'{uri}' names no Lambda function; write its ARN, arn:aws:lambda:{{region}}:{{account}}:function:{{name}}, or an invocation URI that holds one."));
            return null;
        }

        try
        {
            var lambda = new LambdaClient(function, authorizer.CredentialsArn, authorizer.Timeout, LambdaAuthorizer.MaxResponseBytes, stage, resources);
            return new LambdaAuthorizer(lambda, sources, time, resources.Loggers.CreateLogger<LambdaAuthorizer>());
        }
        catch (FormatException exception)
        {
            // An endpoint variable of the environment that holds no URL.
            errors.Add(new(place["uri"], exception.Message));
            return null;
        }
    }

    private JwtAuthorizer? CompileJwt(
        Authorizer authorizer, ImmutableArray<IdentitySource> sources, ConfigurationPath place, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        Uri? keySet = null;
        if (authorizer.JwksUri is not null && !TryReadUrl(authorizer.JwksUri, out keySet))
        {
            errors.Add(new(place["jwksUri"], $"'{authorizer.JwksUri}' is no absolute http or https URL."));
        }

        if (string.IsNullOrWhiteSpace(authorizer.Issuer))
        {
            errors.Add(new(place["issuer"], "An authorizer of type JWT needs the issuer: the exact 'iss' of its tokens."));
        }
        else if (authorizer.JwksUri is null && !TryReadUrl(authorizer.Issuer, out _))
        {
            errors.Add(new(place["issuer"], "An issuer that is no http or https URL cannot be asked for its keys; set jwksUri as well."));
        }

        if (authorizer.Audience.IsEmpty || authorizer.Audience.Any(string.IsNullOrEmpty))
        {
            errors.Add(new(place["audience"], "An authorizer of type JWT needs an audience: whom the tokens are for."));
        }

        if (authorizer.IdentitySources.Length > 1)
        {
            errors.Add(new(place["identitySources"], "A token is in one place; name one source, or none for the Authorization header and the query parameter access_token."));
        }

        if (authorizer.ClockSkew < TimeSpan.Zero || authorizer.ClockSkew > MaxSkew)
        {
            errors.Add(new(place["clockSkew"], "The clock skew must be between 0s and 5m."));
        }

        return errors.Count > before ? null : new JwtAuthorizer(
            validators.Get(new JwtOptions
            {
                Issuer = authorizer.Issuer!,
                Audiences = authorizer.Audience,
                JwksUri = keySet,
                ClockSkew = authorizer.ClockSkew,
                // A key serves one family of algorithms only, so the key set decides which of these is good.
                Algorithms = JwtOptions.AsymmetricAlgorithms,
            }),
            sources.IsEmpty ? null : sources[0],
            authorizer.Scopes,
            time,
            resources.Loggers.CreateLogger<JwtAuthorizer>());
    }

    private static bool TryReadUrl(string text, out Uri? url) =>
        Uri.TryCreate(text, UriKind.Absolute, out url) && url.Scheme is "http" or "https";
}
