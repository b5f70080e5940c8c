using System.Globalization;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// <c>$util</c>: escaping and coding.
/// Source: https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html#util-template-reference
/// </summary>
internal static class UtilMethods
{
    private const string UnescapedInUrl = "-_.*";

    public static object? Call(Evaluation evaluation, string name, object?[] arguments)
    {
        if (arguments is not [{ } argument])
        {
            return null;
        }

        var text = evaluation.ToText(argument);
        evaluation.Work(text.Length / 64);
        return name switch
        {
            "escapeJavaScript" => EscapeJavaScript(evaluation, text),
            "parseJson" => ParseJson(evaluation, text),
            "urlEncode" => UrlEncode(evaluation, text),
            "urlDecode" => UrlDecode(evaluation, text),
            "base64Encode" => evaluation.ChargeText((long)text.Length * 2) ? Convert.ToBase64String(Encoding.UTF8.GetBytes(text)) : null,
            "base64Decode" => Base64Decode(evaluation, text),
            _ => null,
        };
    }

    /// <summary>
    /// As <c>StringEscapeUtils.escapeJavaScript</c> of Apache Commons Lang: both quotes, backslash and slash get a backslash, control
    /// characters their short form, and what is left outside printable ASCII becomes <c>\uXXXX</c>.
    /// </summary>
    private static string? EscapeJavaScript(Evaluation evaluation, string text)
    {
        if (!evaluation.ChargeText(text.Length))
        {
            return null;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var c in text)
        {
            switch (c)
            {
                case '"' or '\'' or '\\' or '/':
                    result.Append('\\').Append(c);
                    break;
                case '\b':
                    result.Append("\\b");
                    break;
                case '\f':
                    result.Append("\\f");
                    break;
                case '\n':
                    result.Append("\\n");
                    break;
                case '\r':
                    result.Append("\\r");
                    break;
                case '\t':
                    result.Append("\\t");
                    break;
                case < ' ' or > '\x7f':
                    result.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:X4}");
                    break;
                default:
                    result.Append(c);
                    break;
            }
        }

        return evaluation.ChargeText(result.Length) ? result.ToString() : null;
    }

    private static object? ParseJson(Evaluation evaluation, string text)
    {
        // A value takes at least two characters of text, and an entry's room when parsed.
        if (!evaluation.ChargeEntries(text.Length / 4))
        {
            return null;
        }

        try
        {
            return JsonValueReader.Read(Encoding.UTF8.GetBytes(text), evaluation.Limits.MaxJsonDepth);
        }
        catch (JsonException e)
        {
            // Utf8JsonReader has no form that answers instead of throwing.
            return evaluation.Fail(TemplateFailure.Evaluation, "$util.parseJson: " + e.Message);
        }
    }

    /// <summary>As <c>java.net.URLEncoder</c>: the form encoding, a blank as a plus sign.</summary>
    private static string? UrlEncode(Evaluation evaluation, string text)
    {
        if (!evaluation.ChargeText((long)text.Length * 3))
        {
            return null;
        }

        var result = new StringBuilder(text.Length + 16);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            var c = (char)b;
            if (char.IsAsciiLetterOrDigit(c) || UnescapedInUrl.Contains(c, StringComparison.Ordinal))
            {
                result.Append(c);
            }
            else if (c == ' ')
            {
                result.Append('+');
            }
            else
            {
                result.Append(CultureInfo.InvariantCulture, $"%{b:X2}");
            }
        }

        return result.ToString();
    }

    /// <summary>As <c>java.net.URLDecoder</c>.</summary>
    private static object? UrlDecode(Evaluation evaluation, string text)
    {
        if (!evaluation.ChargeText(text.Length))
        {
            return null;
        }

        var result = new StringBuilder(text.Length);
        var bytes = new List<byte>();
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '%')
            {
                result.Append(text[i] == '+' ? ' ' : text[i]);
                continue;
            }

            for (; i < text.Length && text[i] == '%'; i += 3)
            {
                if (i + 2 >= text.Length || !char.IsAsciiHexDigit(text[i + 1]) || !char.IsAsciiHexDigit(text[i + 2]))
                {
                    return evaluation.Fail(TemplateFailure.Evaluation, "$util.urlDecode: '%' is not followed by two hexadecimal digits");
                }

                bytes.Add(byte.Parse(text.AsSpan(i + 1, 2), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture));
            }

            i--;
            result.Append(Encoding.UTF8.GetString([.. bytes]));
            bytes.Clear();
        }

        return result.ToString();
    }

    private static object? Base64Decode(Evaluation evaluation, string text)
    {
        if (!evaluation.ChargeText(text.Length))
        {
            return null;
        }

        // Java reads a text without its padding; .NET wants it.
        var padded = text.TrimEnd('=').PadRight((text.TrimEnd('=').Length + 3) / 4 * 4, '=');
        var bytes = new byte[padded.Length];
        return Convert.TryFromBase64String(padded, bytes, out var length)
            ? Encoding.UTF8.GetString(bytes, 0, length)
            : evaluation.Fail(TemplateFailure.Evaluation, "$util.base64Decode: the text is not base64");
    }
}
