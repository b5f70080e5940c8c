using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Expressions;

/// <summary>
/// One compiled entry of an integration's <c>RequestParameters</c> or of a response's <c>ResponseParameters</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-data-mapping.html).
/// </summary>
/// <remarks>
/// Of several values of a header or query parameter the last counts unless the source asks for all. Objects and arrays of a body become
/// compact JSON; strings become their text; other values stay as they are written.
/// </remarks>
internal sealed class ParameterMapping
{
    private static readonly (string Prefix, MappingPlace Place)[] Targets =
    [
        ("integration.request.header.", MappingPlace.Header),
        ("integration.request.querystring.", MappingPlace.QueryString),
        ("integration.request.path.", MappingPlace.Path),
        ("route.response.header.", MappingPlace.ResponseHeader),
    ];

    private readonly MappingSource _source;

    private ParameterMapping(MappingPlace place, string name, MappingSource source)
    {
        Place = place;
        Name = name;
        _source = source;
    }

    /// <summary>Where the value goes.</summary>
    public MappingPlace Place { get; }

    /// <summary>The header's, parameter's or path variable's name.</summary>
    public string Name { get; }

    /// <summary>Compiles an entry.</summary>
    /// <param name="target">The entry's key, such as <c>integration.request.header.X-User</c>.</param>
    /// <param name="source">The entry's value, such as <c>context.authorizer.principalId</c>.</param>
    /// <param name="route">The kind of route it stands on.</param>
    /// <param name="mapping">The compiled entry.</param>
    /// <param name="error">Names the half that is wrong, and what to write instead.</param>
    public static bool TryParse(
        string target,
        string source,
        MappingRoute route,
        [NotNullWhen(true)] out ParameterMapping? mapping,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(target);
        ArgumentNullException.ThrowIfNull(source);
        mapping = null;
        var (prefix, place) = Array.Find(Targets, candidate => target.StartsWith(candidate.Prefix, StringComparison.Ordinal));
        if (prefix is null || (place == MappingPlace.ResponseHeader && route != MappingRoute.Connect))
        {
            error = $"key '{target}': use integration.request.header.{{name}}, integration.request.querystring.{{name}} or "
                + "integration.request.path.{name}; on $connect also route.response.header.{name}";
            return false;
        }

        var name = target[prefix.Length..];
        if (!VariableName.IsValid(name))
        {
            error = $"key '{target}': '{name}' is not a name; names have letters, digits and '.', '_', '$', '-' only";
            return false;
        }

        if (!MappingSource.TryParse(source, place, route, out var compiled, out var reason))
        {
            error = $"value '{source}' of key '{target}': {reason}";
            return false;
        }

        mapping = new ParameterMapping(place, name, compiled);
        error = null;
        return true;
    }

    /// <summary>Reads the source.</summary>
    public MappedValue Evaluate(IMessageSource source)
    {
        ArgumentNullException.ThrowIfNull(source);
        return _source.Kind switch
        {
            MappingSourceKind.Literal => Check(_source.Text),
            MappingSourceKind.RequestHeader => CheckLast(source.RequestHeader(_source.Text)),
            MappingSourceKind.RequestMultiValueHeader => Check(source.RequestHeader(_source.Text)),
            MappingSourceKind.RequestQuery => CheckLast(source.RequestQuery(_source.Text)),
            MappingSourceKind.RequestMultiValueQuery => Check(source.RequestQuery(_source.Text)),
            MappingSourceKind.ResponseHeader => CheckLast(source.ResponseHeader(_source.Text)),
            MappingSourceKind.ResponseMultiValueHeader => Check(source.ResponseHeader(_source.Text)),
            MappingSourceKind.StageVariable => Check(source.StageVariable(_source.Text)),
            MappingSourceKind.Context => Check(ReadContext(source)),
            _ => Check(ReadBody(source.RequestBody.Span)),
        };
    }

    private static MappedValue CheckLast(StringValues values) => values.Count == 0 ? default : Check(values[^1]);

    private static MappedValue Check(StringValues values)
    {
        foreach (var value in values)
        {
            if (ControlCharacters.AreIn(value))
            {
                return new MappedValue(MappedStatus.Refused);
            }
        }

        return values.Count == 0 || (values.Count == 1 && values[0] is null) ? default : new MappedValue(MappedStatus.Found, values);
    }

    private string? ReadContext(IMessageSource source)
    {
        var writer = new ArrayBufferWriter<byte>();
        return source.TryWriteContext(_source.Context, writer) ? Encoding.UTF8.GetString(writer.WrittenSpan) : null;
    }

    private string? ReadBody(ReadOnlySpan<byte> body)
    {
        if (_source.Paths is null)
        {
            return body.IsEmpty ? null : Encoding.UTF8.GetString(body);
        }

        Span<JsonSlice> found = stackalloc JsonSlice[_source.Paths.NodeCount];
        if (!_source.Paths.TryFind(body, lenient: false, found))
        {
            return null;
        }

        var slice = found[_source.Slot];
        var content = body.Slice(slice.Start, slice.Length);
        return slice.Kind switch
        {
            JsonSliceKind.Missing => null,
            JsonSliceKind.Plain => Encoding.UTF8.GetString(content),
            JsonSliceKind.Escaped => Rewrite(content, isContainer: false),
            _ => Rewrite(content, isContainer: true),
        };
    }

    private static string Rewrite(ReadOnlySpan<byte> content, bool isContainer)
    {
        var rented = ArrayPool<byte>.Shared.Rent(content.Length);
        int written;
        if (isContainer)
        {
            written = Compact(content, rented);
        }
        else
        {
            _ = JsonEscapes.TryDecode(content, rented, out written);
        }

        var text = Encoding.UTF8.GetString(rented, 0, written);
        ArrayPool<byte>.Shared.Return(rented);
        return text;
    }

    // Leaves out the white space between tokens; the content is known to be strict JSON.
    private static int Compact(ReadOnlySpan<byte> content, Span<byte> destination)
    {
        var written = 0;
        var isQuoted = false;
        for (var i = 0; i < content.Length; i++)
        {
            var value = content[i];
            if (!isQuoted && value is (byte)' ' or (byte)'\t' or (byte)'\r' or (byte)'\n')
            {
                continue;
            }

            destination[written++] = value;
            if (value == '"')
            {
                isQuoted = !isQuoted;
            }
            else if (value == '\\')
            {
                destination[written++] = content[++i];
            }
        }

        return written;
    }
}
