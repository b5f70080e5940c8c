using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>
/// A compiled access-log format: literal text with <c>$context.name</c> in it
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/websocket-api-logging.html).
/// </summary>
/// <remarks>
/// A variable that is not set prints <c>-</c>. Beyond AWS, <c>${context.name}</c> is understood too: it can stand before a letter, and take a
/// name with a hyphen. A bare name has letters, digits, <c>_</c> and inner dots.
/// </remarks>
internal sealed class ContextFormat
{
    /// <summary>AWS's limit, in bytes of UTF-8.</summary>
    public const int MaxBytes = 3 * 1024;

    private const string Prefix = "$context.";
    private const string BracedPrefix = "${context.";

    // A scratch buffer that grew beyond this for an unusual value is not kept.
    private const int MaxSpareBytes = 16 * 1024;

    private static readonly SearchValues<char> BareName =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.");

    private readonly Part[] _parts;
    private ArrayBufferWriter<byte>? _spare;

    private ContextFormat(Part[] parts) => _parts = parts;

    /// <summary>Compiles a format.</summary>
    /// <param name="text">One line, at most <see cref="MaxBytes"/>, with <c>$context.requestId</c> or <c>$context.extendedRequestId</c> in it.</param>
    /// <param name="format">The compiled format.</param>
    /// <param name="error">What is wrong, with the column where there is one, and what to write instead.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ContextFormat? format, [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        format = null;
        var parts = new List<Part>();
        error = Check(text) ?? Parse(text, parts);
        if (error is null && !parts.Exists(static part => part.Variable.Key is ContextKey.RequestId or ContextKey.ExtendedRequestId))
        {
            error = "the format must contain $context.requestId or $context.extendedRequestId";
        }

        if (error is null)
        {
            format = new ContextFormat([.. parts]);
        }

        return error is null;
    }

    /// <summary>
    /// Writes one row, without a line end. Values are escaped as in JSON strings, so that none can end the row, a string in it or a
    /// terminal's line.
    /// </summary>
    public void Write(IContextSource source, IBufferWriter<byte> destination)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(destination);

        // Values must be seen before they are written. Rows written at the same time each have their own scratch buffer; one is kept.
        var scratch = Interlocked.Exchange(ref _spare, null) ?? new ArrayBufferWriter<byte>(256);
        foreach (ref readonly var part in _parts.AsSpan())
        {
            if (part.Literal is not null)
            {
                destination.Write(part.Literal);
                continue;
            }

            scratch.ResetWrittenCount();
            if (part.Variable.Key != ContextKey.Unset && source.TryWriteContext(part.Variable, scratch))
            {
                // It comes with its quotes, as a JSON string.
                LogEscapes.Write(scratch.WrittenSpan, isJsonAlready: part.Variable.Key == ContextKey.ErrorMessageString, destination);
            }
            else
            {
                destination.Write("-"u8);
            }
        }

        if (scratch.Capacity <= MaxSpareBytes)
        {
            _spare = scratch;
        }
    }

    private static string? Check(string text)
    {
        if (Encoding.UTF8.GetByteCount(text) is var size and > MaxBytes)
        {
            return $"the format has {size} bytes; at most {MaxBytes} are allowed";
        }

        var control = text.AsSpan().IndexOfAny('\r', '\n');
        if (control >= 0)
        {
            return $"column {control + 1}: the format must be one line; remove the line end";
        }

        return ControlCharacters.AreIn(text) ? "the format must not have control characters in it" : null;
    }

    private static string? Parse(string text, List<Part> parts)
    {
        var literal = 0;
        var position = 0;
        while (position < text.Length)
        {
            var dollar = text.IndexOf('$', position);
            if (dollar < 0)
            {
                break;
            }

            var rest = text.AsSpan(dollar);
            if (rest.Length < 2 || !(char.IsAsciiLetter(rest[1]) || rest[1] == '{'))
            {
                position = dollar + 1;
                continue;
            }

            var name = NameIn(rest, out var length);
            if (name.IsEmpty)
            {
                return $"column {dollar + 1}: only $context variables can be logged; write $context.name";
            }

            AddLiteral(text.AsSpan(literal, dollar - literal), parts);
            parts.Add(new Part(ContextVariable.ParseForAccessLog(name), null));
            position = literal = dollar + length;
        }

        AddLiteral(text.AsSpan(literal), parts);
        return null;
    }

    private static ReadOnlySpan<char> NameIn(ReadOnlySpan<char> text, out int length)
    {
        length = 0;
        if (text.StartsWith(BracedPrefix, StringComparison.Ordinal))
        {
            length = text.IndexOf('}') + 1;
            var name = length == 0 ? default : text[BracedPrefix.Length..(length - 1)];
            return VariableName.IsValid(name) ? name : default;
        }

        if (!text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return default;
        }

        var end = text[Prefix.Length..].IndexOfAnyExcept(BareName);
        var bare = (end < 0 ? text[Prefix.Length..] : text.Slice(Prefix.Length, end)).TrimEnd('.');
        length = Prefix.Length + bare.Length;
        return bare;
    }

    private static void AddLiteral(ReadOnlySpan<char> text, List<Part> parts)
    {
        if (!text.IsEmpty)
        {
            parts.Add(new Part(default, Encoding.UTF8.GetBytes(text.ToString())));
        }
    }

    private readonly record struct Part(ContextVariable Variable, byte[]? Literal);
}
