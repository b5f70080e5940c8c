using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Expressions;

/// <summary>
/// A compiled selection expression, such as <c>$request.body.action</c> or <c>${request.body.service}/${request.body.action}</c>: it turns a
/// message into the key of a route, model, template or response
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-selection-expressions.html).
/// </summary>
/// <remarks>
/// Beyond the documented dotted names a path may have array indexes and quoted names: <c>$request.body.items[0]</c>, <c>$request.body['a.b']</c>.
/// Missing values are empty; values are never evaluated again.
/// </remarks>
internal sealed class SelectionExpression
{
    private static readonly ContextVariable UsageIdentifierKey = new(ContextKey.AuthorizerProperty, "usageIdentifierKey");

    private static readonly BodyPaths ErrorMessage =
        BodyPaths.Compile([[new BodyPathStep("errorMessage"u8.ToArray(), -1)]], out _)!;

    private readonly SelectionSegment[] _segments;
    private readonly BodyPaths _paths;
    private readonly bool _lenient;

    private SelectionExpression(string text, SelectionSegment[] segments, BodyPaths paths, bool lenient)
    {
        Text = text;
        _segments = segments;
        _paths = paths;
        _lenient = lenient;
        IsBodyOnly = Array.TrueForAll(segments, static segment => segment.Variable.Kind is SelectionVariableKind.None or SelectionVariableKind.RequestBody);
        UsesBody = Array.Exists(segments, static segment => segment.Variable.Kind == SelectionVariableKind.RequestBody);
    }

    /// <summary>The expression as written.</summary>
    public string Text { get; }

    /// <summary>Whether only the body and static text matter.</summary>
    public bool IsBodyOnly { get; }

    /// <summary>Whether the expression asks for anything in the body.</summary>
    public bool UsesBody { get; }

    /// <summary>Compiles an expression.</summary>
    /// <param name="text">The expression; at most 1,024 characters and 16 variables.</param>
    /// <param name="scope">Where it stands.</param>
    /// <param name="expression">The compiled expression.</param>
    /// <param name="error">Names the offending variable, its column and what to write instead.</param>
    /// <param name="lenient">Whether a body that is not strict JSON is tried again as lenient JSON: see <see cref="JsonScanner"/>.</param>
    public static bool TryParse(
        string text,
        SelectionScope scope,
        [NotNullWhen(true)] out SelectionExpression? expression,
        [NotNullWhen(false)] out string? error,
        bool lenient = true)
    {
        ArgumentNullException.ThrowIfNull(text);
        expression = null;
        var segments = new SelectionParser(text, scope).Parse(out error);
        if (segments is null)
        {
            error ??= string.Empty;
            return false;
        }

        // Without paths the tree is a lone root, and looking it up only tells whether the body is JSON.
        var bodies = segments.FindAll(static segment => segment.Variable.Path is not null);
        var paths = BodyPaths.Compile(
            bodies.Count == 0 ? [[]] : bodies.ConvertAll(static segment => segment.Variable.Path!), out var slots);
        if (paths is null)
        {
            error = $"the paths have more than {BodyPaths.MaxNodes} steps between them";
            return false;
        }

        var next = 0;
        var compiled = segments.ConvertAll(
            segment => segment.Variable.Path is null ? segment : segment with { Slot = slots[next++] });
        expression = new SelectionExpression(text, [.. compiled], paths, lenient);
        error = null;
        return true;
    }

    /// <summary>Evaluates an expression that <see cref="IsBodyOnly"/>, without allocating.</summary>
    /// <param name="body">The message in UTF-8. Even static text needs it to be JSON, as AWS sends everything else to <c>$default</c>.</param>
    /// <param name="destination">Room for the longest key there is.</param>
    /// <param name="written">The key's length in bytes; 0 unless <see cref="SelectionStatus.Ok"/>.</param>
    /// <exception cref="InvalidOperationException">The expression needs more than the body.</exception>
    public SelectionStatus Evaluate(ReadOnlySpan<byte> body, Span<byte> destination, out int written)
    {
        if (!IsBodyOnly)
        {
            throw new InvalidOperationException($"'{Text}' needs more than the body.");
        }

        written = 0;
        Span<JsonSlice> found = stackalloc JsonSlice[_paths.NodeCount];
        if (!TryFind(body, found, out var lenient))
        {
            return SelectionStatus.NotJson;
        }

        var length = 0;
        foreach (ref readonly var segment in _segments.AsSpan())
        {
            int size;
            if (segment.Slot < 0)
            {
                size = segment.Literal.Length;
                if (!segment.Literal.AsSpan().TryCopyTo(destination[length..]))
                {
                    return SelectionStatus.TooLong;
                }
            }
            else if (!JsonPrinter.TryPrint(body, found[segment.Slot], lenient, destination[length..], out size))
            {
                return SelectionStatus.TooLong;
            }

            length += size;
        }

        written = length;
        return SelectionStatus.Ok;
    }

    /// <summary>
    /// Evaluates any expression and appends the key in UTF-8. The body is read only if the expression <see cref="UsesBody"/>;
    /// <see cref="SelectionStatus.NotJson"/>, with nothing written, if it is then not JSON. Never <see cref="SelectionStatus.TooLong"/>.
    /// </summary>
    public SelectionStatus Evaluate(IMessageSource source, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);
        Span<JsonSlice> found = stackalloc JsonSlice[_paths.NodeCount];
        var lenient = false;
        var body = UsesBody ? source.RequestBody.Span : default;
        if (UsesBody && !TryFind(body, found, out lenient))
        {
            return SelectionStatus.NotJson;
        }

        foreach (ref readonly var segment in _segments.AsSpan())
        {
            if (segment.Slot >= 0)
            {
                Append(body, found[segment.Slot], lenient, destination);
            }
            else
            {
                Append(in segment, source, destination);
            }
        }

        return SelectionStatus.Ok;
    }

    private bool TryFind(ReadOnlySpan<byte> body, Span<JsonSlice> found, out bool lenient)
    {
        lenient = false;
        if (_paths.TryFind(body, lenient: false, found))
        {
            return true;
        }

        lenient = _lenient;
        return lenient && _paths.TryFind(body, lenient: true, found);
    }

    private static void Append(in SelectionSegment segment, IMessageSource source, IBufferWriter<byte> destination)
    {
        switch (segment.Variable.Kind)
        {
            case SelectionVariableKind.RequestHeader:
                AppendLast(source.RequestHeader(segment.Variable.Name!), destination);
                break;
            case SelectionVariableKind.ResponseHeader:
                AppendLast(source.ResponseHeader(segment.Variable.Name!), destination);
                break;
            case SelectionVariableKind.ResponseMultiValueHeader:
                Encoding.UTF8.GetBytes(source.ResponseHeader(segment.Variable.Name!).ToString(), destination);
                break;
            case SelectionVariableKind.BasePath:
                Encoding.UTF8.GetBytes(source.BasePath ?? string.Empty, destination);
                break;
            case SelectionVariableKind.UsageIdentifierKey:
                _ = source.TryWriteContext(UsageIdentifierKey, destination);
                break;
            case SelectionVariableKind.ResponseStatus:
                AppendStatus(source.ResponseStatus, destination);
                break;
            case SelectionVariableKind.ResponseErrorMessage:
                AppendErrorMessage(source.ResponseBody.Span, destination);
                break;
            default:
                destination.Write(segment.Literal);
                break;
        }
    }

    private static void AppendLast(StringValues values, IBufferWriter<byte> destination)
    {
        if (values.Count > 0)
        {
            Encoding.UTF8.GetBytes(values[^1] ?? string.Empty, destination);
        }
    }

    private static void AppendStatus(int status, IBufferWriter<byte> destination)
    {
        if (status != 0)
        {
            _ = status.TryFormat(destination.GetSpan(11), out var written, provider: CultureInfo.InvariantCulture);
            destination.Advance(written);
        }
    }

    // Absent on success, and for answers that are not JSON.
    private static void AppendErrorMessage(ReadOnlySpan<byte> body, IBufferWriter<byte> destination)
    {
        Span<JsonSlice> found = stackalloc JsonSlice[ErrorMessage.NodeCount];
        if (ErrorMessage.TryFind(body, lenient: false, found))
        {
            Append(body, found[^1], lenient: false, destination);
        }
    }

    private static void Append(ReadOnlySpan<byte> body, JsonSlice slice, bool lenient, IBufferWriter<byte> destination)
    {
        if (slice.Length > 0)
        {
            _ = JsonPrinter.TryPrint(body, slice, lenient, destination.GetSpan(JsonPrinter.MaxLength(slice)), out var written);
            destination.Advance(written);
        }
    }
}
