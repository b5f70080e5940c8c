using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Expressions;

/// <summary>What a selection expression can ask for, by scope.</summary>
/// <param name="Kind">The kind of variable.</param>
/// <param name="Name">The header's name, for headers.</param>
/// <param name="Path">The path, for <see cref="SelectionVariableKind.RequestBody"/>.</param>
internal readonly record struct SelectionVariable(SelectionVariableKind Kind, string? Name = null, BodyPathStep[]? Path = null)
{
    private const string Body = "request.body";
    private const string Header = "integration.response.header.";
    private const string MultiValueHeader = "integration.response.multivalueheader.";

    /// <summary>Parses a variable's name, without dollar and braces. The error says what the scope has instead.</summary>
    public static bool TryParse(
        ReadOnlySpan<char> name, SelectionScope scope, out SelectionVariable variable, [NotNullWhen(false)] out string? error)
    {
        if (HasBody(scope) && name.StartsWith(Body, StringComparison.Ordinal) && (name.Length == Body.Length || name[Body.Length] is '.' or '['))
        {
            var isPath = BodyPath.TryParse(name[Body.Length..], out var steps, out error);
            variable = new SelectionVariable(SelectionVariableKind.RequestBody, Path: steps);
            return isPath;
        }

        error = null;
        variable = scope switch
        {
            SelectionScope.IntegrationResponse => ParseResponse(name),
            SelectionScope.IntegrationResponseTemplate => ParseResponseTemplate(name),
            SelectionScope.ApiKey => ParseApiKey(name),
            SelectionScope.ApiMapping when name is "request.basepath" => new(SelectionVariableKind.BasePath),
            _ => default,
        };
        if (variable.Kind == SelectionVariableKind.None)
        {
            error = $"it cannot be used in {Describe(scope)}; use {Choices(scope)}";
            return false;
        }

        return true;
    }

    /// <summary>The name of the scope in error messages.</summary>
    public static string Describe(SelectionScope scope) => scope switch
    {
        SelectionScope.Route => "a route selection expression",
        SelectionScope.Model => "a model selection expression",
        SelectionScope.Template => "a template selection expression",
        SelectionScope.IntegrationResponse => "an integration response selection expression",
        SelectionScope.IntegrationResponseTemplate => "an integration response's template selection expression",
        SelectionScope.RouteResponse => "a route response selection expression",
        SelectionScope.ApiKey => "an API key selection expression",
        _ => "an API mapping selection expression",
    };

    /// <summary>What the scope has to offer, for error messages.</summary>
    public static string Choices(SelectionScope scope) => scope switch
    {
        SelectionScope.Route => "$request.body.{path} or static text",
        SelectionScope.Model or SelectionScope.Template => "$request.body.{path}, static text or $default",
        SelectionScope.IntegrationResponse =>
            "$integration.response.statuscode, $integration.response.body.errorMessage or $default",
        SelectionScope.IntegrationResponseTemplate =>
            "${request.body.{path}}, ${integration.response.statuscode}, ${integration.response.header.{name}}, "
            + "${integration.response.multivalueheader.{name}}, static text or $default",
        SelectionScope.RouteResponse => "$default",
        SelectionScope.ApiKey => "$request.header.x-api-key or $context.authorizer.usageIdentifierKey",
        _ => "$request.basepath",
    };

    private static SelectionVariable ParseResponse(ReadOnlySpan<char> name) => name switch
    {
        // The shorter form is how AWS reads it back from a mock integration.
        "integration.response.statuscode" or "response.statuscode" => new(SelectionVariableKind.ResponseStatus),
        "integration.response.body.errorMessage" => new(SelectionVariableKind.ResponseErrorMessage),
        _ => default,
    };

    private static SelectionVariable ParseResponseTemplate(ReadOnlySpan<char> name) =>
        name is "integration.response.statuscode" ? new(SelectionVariableKind.ResponseStatus)
        : TryCut(name, Header, out var header) ? new(SelectionVariableKind.ResponseHeader, header)
        : TryCut(name, MultiValueHeader, out header) ? new(SelectionVariableKind.ResponseMultiValueHeader, header)
        : default;

    private static SelectionVariable ParseApiKey(ReadOnlySpan<char> name) =>
        name is "context.authorizer.usageIdentifierKey" ? new(SelectionVariableKind.UsageIdentifierKey)
        // Header names are case-insensitive.
        : name.Equals("request.header.x-api-key", StringComparison.OrdinalIgnoreCase) ? new(SelectionVariableKind.RequestHeader, "x-api-key")
        : default;

    private static bool HasBody(SelectionScope scope) =>
        scope is SelectionScope.Route or SelectionScope.Model or SelectionScope.Template or SelectionScope.IntegrationResponseTemplate;

    private static bool TryCut(ReadOnlySpan<char> name, string prefix, [NotNullWhen(true)] out string? rest)
    {
        rest = name.StartsWith(prefix, StringComparison.Ordinal) && VariableName.IsValid(name[prefix.Length..])
            ? name[prefix.Length..].ToString()
            : null;
        return rest is not null;
    }
}
