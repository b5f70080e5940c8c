using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Expressions;

/// <summary>A compiled source of a parameter mapping.</summary>
/// <param name="Kind">Where the value comes from.</param>
/// <param name="Text">The name, or the literal's text.</param>
/// <param name="Context">The variable, for <see cref="MappingSourceKind.Context"/>.</param>
/// <param name="Paths">The path, for a part of the body; null for the whole of it.</param>
/// <param name="Slot">The path's slot in <paramref name="Paths"/>.</param>
internal readonly record struct MappingSource(
    MappingSourceKind Kind, string Text, ContextVariable Context = default, BodyPaths? Paths = null, int Slot = 0)
{
    private const string Body = "route.request.body";

    private static readonly (string Prefix, MappingSourceKind Kind)[] Named =
    [
        ("route.request.header.", MappingSourceKind.RequestHeader),
        ("route.request.multivalueheader.", MappingSourceKind.RequestMultiValueHeader),
        ("route.request.querystring.", MappingSourceKind.RequestQuery),
        ("route.request.multivaluequerystring.", MappingSourceKind.RequestMultiValueQuery),
        ("integration.response.header.", MappingSourceKind.ResponseHeader),
        ("integration.response.multivalueheader.", MappingSourceKind.ResponseMultiValueHeader),
        ("stageVariables.", MappingSourceKind.StageVariable),
        ("context.", MappingSourceKind.Context),
    ];

    /// <summary>Parses a source for a target on a route. The error says what to write instead.</summary>
    public static bool TryParse(
        string text, MappingPlace place, MappingRoute route, out MappingSource source, [NotNullWhen(false)] out string? error)
    {
        source = default;
        error = text switch
        {
            ['\'', .., '\''] => ParseLiteral(text[1..^1], out source),
            _ when text == Body || text.StartsWith(Body + ".", StringComparison.Ordinal) || text.StartsWith(Body + "[", StringComparison.Ordinal) =>
                ParseBody(text[Body.Length..], place, route, out source),
            _ => ParseNamed(text, place, route, out source),
        };
        return error is null;
    }

    private static string? ParseLiteral(string text, out MappingSource source)
    {
        source = new MappingSource(MappingSourceKind.Literal, text);
        return ControlCharacters.AreIn(text) ? "static text must not have control characters, such as line ends, in it" : null;
    }

    private static string? ParseBody(string path, MappingPlace place, MappingRoute route, out MappingSource source)
    {
        source = new MappingSource(MappingSourceKind.RequestBody, path);
        if (place == MappingPlace.ResponseHeader)
        {
            return $"'{Body}' cannot become a response header; use integration.response.header.{{name}} or 'static text'";
        }

        if (route != MappingRoute.Message)
        {
            return $"$connect and $disconnect have no body; use '{Body}' on other routes only";
        }

        if (!BodyPath.TryParse(path, out var steps, out var error))
        {
            return error;
        }

        if (steps.Length > 0)
        {
            source = source with { Paths = BodyPaths.Compile([steps], out var slots), Slot = slots[0] };
        }

        return null;
    }

    private static string? ParseNamed(string text, MappingPlace place, MappingRoute route, out MappingSource source)
    {
        source = default;
        var (prefix, kind) = Array.Find(Named, candidate => text.StartsWith(candidate.Prefix, StringComparison.Ordinal));
        if (prefix is null)
        {
            return $"it is not a source; use {Choices(place, route)}";
        }

        var name = text[prefix.Length..];
        source = new MappingSource(kind, name);
        if (!(kind == MappingSourceKind.StageVariable ? VariableName.IsValidForStage(name) : VariableName.IsValid(name)))
        {
            return kind == MappingSourceKind.StageVariable
                ? $"'{name}' is not a stage variable's name; names have letters, digits and '_' only"
                : $"'{name}' is not a name; names have letters, digits and '.', '_', '$', '-' only";
        }

        switch (kind)
        {
            case MappingSourceKind.Context:
                var isKnown = ContextVariable.TryParse(name, out var variable);
                source = source with { Context = variable };
                return isKnown ? null : $"there is no variable 'context.{name}' in a WebSocket API; see the list of $context variables";
            case MappingSourceKind.StageVariable:
                return null;
            case MappingSourceKind.ResponseHeader or MappingSourceKind.ResponseMultiValueHeader:
                return place == MappingPlace.ResponseHeader
                    ? null
                    : $"there is no answer yet when a request is made; use {Choices(place, route)}";
            default:
                return place == MappingPlace.ResponseHeader || route != MappingRoute.Connect
                    ? $"headers and query parameters of the handshake can be mapped only into the request of $connect; use {Choices(place, route)}"
                    : null;
        }
    }

    private static string Choices(MappingPlace place, MappingRoute route) =>
        (place, route) switch
        {
            (MappingPlace.ResponseHeader, _) => "integration.response.header.{name}, ",
            (_, MappingRoute.Connect) => "route.request.header.{name}, route.request.querystring.{name} (or multivalueheader, multivaluequerystring), ",
            (_, MappingRoute.Message) => "route.request.body.{path}, ",
            _ => string.Empty,
        } + "context.{name}, stageVariables.{name} or 'static text' in single quotes";
}
