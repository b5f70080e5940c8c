using System.Buffers.Text;
using System.Globalization;
using System.Numerics;
using System.Text;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>Prints values as Java's <c>toString</c> does, and values as JSON.</summary>
internal static class JavaText
{
    // Parsed JSON is at most 64 deep; a template can build a value that contains itself.
    private const int MaxDepth = 96;

    public static void Write(Evaluation evaluation, object? value, TemplateOutput output) => Write(evaluation, value, output, 0, isNested: false);

    public static void WriteJson(Evaluation evaluation, object? value, TemplateOutput output) => WriteJson(evaluation, value, output, 0);

    private static void Write(Evaluation evaluation, object? value, TemplateOutput output, int depth, bool isNested)
    {
        switch (value)
        {
            case null or Missing:
                if (isNested)
                {
                    output.Write("null"u8);
                }

                break;
            case string text:
                output.Write(text.AsSpan());
                break;
            case JavaList { IsJson: true }:
                WriteJson(evaluation, value, output, depth);
                break;
            case JavaList list:
                WriteList(evaluation, list, output, depth);
                break;
            case JavaMap map:
                WriteMap(evaluation, map, output, depth);
                break;
            default:
                if (!TryWriteScalar(value, output))
                {
                    WriteOwnKind(evaluation, value, output, depth);
                }

                break;
        }
    }

    private static bool TryWriteScalar(object value, TemplateOutput output)
    {
        switch (value)
        {
            case bool flag:
                output.Write(flag ? "true"u8 : "false"u8);
                return true;
            case int number:
                WriteInteger(number, output);
                return true;
            case long number:
                WriteInteger(number, output);
                return true;
            case double number:
                Span<byte> digits = stackalloc byte[JavaDouble.MaxLength];
                output.Write(digits[..JavaDouble.Format(number, digits)]);
                return true;
            case BigInteger number:
                output.Write(number.ToString(CultureInfo.InvariantCulture).AsSpan());
                return true;
            case BigNumber number:
                output.Write(number.Text.AsSpan());
                return true;
            default:
                return false;
        }
    }

    private static void WriteOwnKind(Evaluation evaluation, object value, TemplateOutput output, int depth)
    {
        switch (value)
        {
            case MapEntry entry:
                Write(evaluation, entry.Key, output, depth + 1, isNested: true);
                output.WriteByte((byte)'=');
                Write(evaluation, entry.Value, output, depth + 1, isNested: true);
                break;
            case DefinedBlock block when output == evaluation.Output:
                block.Render(evaluation);
                break;
            case DefinedBlock block:
                output.Write(block.ToText(evaluation).AsSpan());
                break;
            case TextMap map:
                WriteTexts(map.Entries, output);
                break;
            case ParamsValue parameters:
                Write(evaluation, parameters.ToMap(), output, depth + 1, isNested: true);
                break;
            case ContextValue context:
                Write(evaluation, context.ToMap(evaluation), output, depth + 1, isNested: true);
                break;
            default:
                // $input, $util and $foreach are Java objects whose text says nothing.
                break;
        }
    }

    private static void WriteList(Evaluation evaluation, JavaList list, TemplateOutput output, int depth)
    {
        if (!Descend(evaluation, depth))
        {
            return;
        }

        output.WriteByte((byte)'[');
        for (var i = 0; i < list.Count && !evaluation.Failed; i++)
        {
            output.Write(i == 0 ? ""u8 : ", "u8);
            Write(evaluation, list[i], output, depth + 1, isNested: true);
        }

        output.WriteByte((byte)']');
    }

    private static void WriteMap(Evaluation evaluation, JavaMap map, TemplateOutput output, int depth)
    {
        if (!Descend(evaluation, depth))
        {
            return;
        }

        output.WriteByte((byte)'{');
        var first = true;
        foreach (var (key, value) in map)
        {
            if (evaluation.Failed)
            {
                return;
            }

            output.Write(first ? ""u8 : ", "u8);
            first = false;
            Write(evaluation, key, output, depth + 1, isNested: true);
            output.WriteByte((byte)'=');
            Write(evaluation, value, output, depth + 1, isNested: true);
        }

        output.WriteByte((byte)'}');
    }

    private static void WriteTexts(IReadOnlyDictionary<string, string> texts, TemplateOutput output)
    {
        output.WriteByte((byte)'{');
        var first = true;
        foreach (var (key, value) in texts)
        {
            output.Write(first ? ""u8 : ", "u8);
            first = false;
            output.Write(key.AsSpan());
            output.WriteByte((byte)'=');
            output.Write(value.AsSpan());
        }

        output.WriteByte((byte)'}');
    }

    private static void WriteJson(Evaluation evaluation, object? value, TemplateOutput output, int depth)
    {
        switch (value)
        {
            case null or Missing:
                output.Write("null"u8);
                break;
            case string text:
                WriteJsonText(text, output);
                break;
            case JavaList list:
                WriteJsonList(evaluation, list, output, depth);
                break;
            case JavaMap map:
                WriteJsonMap(evaluation, map, output, depth);
                break;
            default:
                if (!TryWriteScalar(value, output))
                {
                    WriteJsonText(evaluation.ToText(value), output);
                }

                break;
        }
    }

    private static void WriteJsonList(Evaluation evaluation, JavaList list, TemplateOutput output, int depth)
    {
        if (!Descend(evaluation, depth))
        {
            return;
        }

        output.WriteByte((byte)'[');
        for (var i = 0; i < list.Count && !evaluation.Failed; i++)
        {
            output.Write(i == 0 ? ""u8 : ","u8);
            WriteJson(evaluation, list[i], output, depth + 1);
        }

        output.WriteByte((byte)']');
    }

    private static void WriteJsonMap(Evaluation evaluation, JavaMap map, TemplateOutput output, int depth)
    {
        if (!Descend(evaluation, depth))
        {
            return;
        }

        output.WriteByte((byte)'{');
        var first = true;
        foreach (var (key, value) in map)
        {
            if (evaluation.Failed)
            {
                return;
            }

            output.Write(first ? ""u8 : ","u8);
            first = false;
            WriteJsonText(evaluation.ToText(key), output);
            output.WriteByte((byte)':');
            WriteJson(evaluation, value, output, depth + 1);
        }

        output.WriteByte((byte)'}');
    }

    private static void WriteJsonText(string text, TemplateOutput output) => JsonCompactor.WriteString(Encoding.UTF8.GetBytes(text), output);

    private static void WriteInteger(long number, TemplateOutput output)
    {
        Span<byte> digits = stackalloc byte[20];
        Utf8Formatter.TryFormat(number, digits, out var length);
        output.Write(digits[..length]);
    }

    private static bool Descend(Evaluation evaluation, int depth)
    {
        if (depth > MaxDepth)
        {
            evaluation.Fail(TemplateFailure.Depth, "A value is nested too deeply to be printed");
        }

        return evaluation.Work(1);
    }
}
