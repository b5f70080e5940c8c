using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Authorization;

/// <summary>
/// One thing that a client must send before its authorizer is asked
/// (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/apis-apiid-authorizers.html).
/// </summary>
internal sealed partial class IdentitySource
{
    private readonly MappingSource _source;
    private readonly bool _isAlwaysMissing;

    private IdentitySource(MappingSource source, bool isAlwaysMissing) => (_source, _isAlwaysMissing) = (source, isAlwaysMissing);

    /// <summary>Parses a source; the error says what to write instead.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out IdentitySource? source, [NotNullWhen(false)] out string? error)
    {
        source = null;
        if (!Syntax().IsMatch(text))
        {
            error = $"'{text}' is no identity source; write route.request.header.{{name}}, route.request.querystring.{{name}}, context.{{name}} or "
                + "stageVariables.{name}, where names have letters, digits and '.', '_', '-'.";
            return false;
        }

        if (!MappingSource.TryParse(text, MappingPlace.Header, MappingRoute.Connect, out var parsed, out error))
        {
            error = $"'{text}': {error}.";
            return false;
        }

        // On AWS these two never have a value at this point, although their names are known.
        source = new IdentitySource(parsed, parsed.Context.Key is ContextKey.EventType or ContextKey.MessageDirection);
        return true;
    }

    /// <summary>The last value that a CONNECT has for the source; null or empty when the client is to be refused.</summary>
    public string? Find(EventContext context) => _isAlwaysMissing ? null : _source.Kind switch
    {
        MappingSourceKind.RequestHeader => context.Upgrade!.Headers[_source.Text] is [.., var last] ? last : null,
        MappingSourceKind.RequestQuery => context.Upgrade!.SingleValueQuery.GetValueOrDefault(_source.Text),
        MappingSourceKind.StageVariable => context.Stage.Variables.GetValueOrDefault(_source.Text),
        _ => Print(context),
    };

    private string? Print(EventContext context)
    {
        var text = new ArrayBufferWriter<byte>();
        return context.TryWriteContext(_source.Context, text) ? Encoding.UTF8.GetString(text.WrittenSpan) : null;
    }

    [GeneratedRegex(@"^(route\.request\.(header|querystring)|context|stageVariables)\.[a-zA-Z0-9._-]+\z", RegexOptions.CultureInvariant)]
    private static partial Regex Syntax();
}
