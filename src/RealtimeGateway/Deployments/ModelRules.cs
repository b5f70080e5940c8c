using RealtimeGateway.Apis;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Models;

namespace RealtimeGateway.Deployments;

/// <summary>Compiles the models of an API and what its routes ask of messages; says everything that is wrong.</summary>
internal static class ModelRules
{
    /// <summary>The longest schema, as on AWS (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-models.html).</summary>
    private const int MaxSchemaLength = 32_768;

    /// <summary>Compiles an API's models. One that is wrong is in the result all the same, so that it is not called unknown as well.</summary>
    public static Dictionary<string, ModelValidator?> CompileModels(Api api, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var compiled = new Dictionary<string, ModelValidator?>(StringComparer.Ordinal);
        foreach (var model in api.Models)
        {
            var place = path["models"][model.Name];
            if (model.Name.Length == 0 || !model.Name.All(char.IsAsciiLetterOrDigit))
            {
                errors.Add(new(place, $"'{model.Name}' is no name of a model: use letters and digits."));
            }

            ModelValidator? validator = null;
            if (model.Schema.Length > MaxSchemaLength)
            {
                errors.Add(new(place["schema"], $"A schema has at most {MaxSchemaLength} characters, this one has {model.Schema.Length}."));
            }
            else if (!ModelValidator.TryParse(model.Schema, out validator, out var error))
            {
                errors.Add(new(place["schema"], $"{char.ToUpperInvariant(error[0])}{error[1..]}."));
            }

            if (!compiled.TryAdd(model.Name, validator))
            {
                errors.Add(new(place, $"There are two models '{model.Name}'; keep one."));
            }
        }

        return compiled;
    }

    /// <summary>Compiles what a route asks of messages; null when it asks nothing, or something is wrong.</summary>
    public static RouteModels? CompileRoute(
        Api api, Route route, IReadOnlyDictionary<string, ModelValidator?> models, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        var before = errors.Count;
        SelectionExpression? selection = null;
        if (route.ModelSelectionExpression is { } text
            && !SelectionExpression.TryParse(text, SelectionScope.Model, out selection, out var error, api.LenientJson))
        {
            errors.Add(new(path["modelSelectionExpression"], error));
        }

        var selected = new Dictionary<string, ModelValidator>(StringComparer.Ordinal);
        foreach (var (key, name) in route.RequestModels)
        {
            if (key.Length > RouteKeyRules.MaxLength)
            {
                errors.Add(new(path["requestModels"], $"A key of requestModels has at most {RouteKeyRules.MaxLength} characters, '{key}' has {key.Length}."));
            }
            else if (!models.TryGetValue(name, out var model))
            {
                errors.Add(new(path["requestModels"][key], $"There is no model '{name}'; {Known(models.Keys)}."));
            }
            else if (model is not null)
            {
                selected.Add(key, model);
            }
        }

        // A handshake and its end have no body to look at.
        var hasBody = route.RouteKey is not (Route.Connect or Route.Disconnect);
        return errors.Count > before || route.RequestModels.IsEmpty || !hasBody || api.DisableSchemaValidation
            ? null
            : new RouteModels(selection, selected);
    }

    private static string Known(IEnumerable<string> names) =>
        string.Join(", ", names.Order(StringComparer.Ordinal)) is { Length: > 0 } list ? $"the API has {list}" : "the API has none";
}
