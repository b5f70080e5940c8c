using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace RealtimeGateway.Configuration.Writing;

/// <summary>Writes a tree as YAML for people: block style, members in their order, quotes only where another reader might take text for something else.</summary>
internal static partial class YamlText
{
    /// <summary>The document, ending in a line break.</summary>
    public static string Of(JsonNode root)
    {
        var text = new StringWriter { NewLine = "\n" };
        var emitter = new Emitter(text, EmitterSettings.Default.WithIndentedSequences());
        emitter.Emit(new StreamStart());
        emitter.Emit(new DocumentStart(null, null, isImplicit: true));
        Emit(emitter, root);
        emitter.Emit(new DocumentEnd(isImplicit: true));
        emitter.Emit(new StreamEnd());
        return text.ToString();
    }

    private static void Emit(Emitter emitter, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                emitter.Emit(new MappingStart(AnchorName.Empty, TagName.Empty, isImplicit: true, map.Count == 0 ? MappingStyle.Flow : MappingStyle.Block));
                foreach (var (name, value) in map)
                {
                    EmitText(emitter, name);
                    Emit(emitter, value);
                }

                emitter.Emit(new MappingEnd());
                break;
            case JsonArray list:
                emitter.Emit(new SequenceStart(AnchorName.Empty, TagName.Empty, isImplicit: true, list.Count == 0 ? SequenceStyle.Flow : SequenceStyle.Block));
                foreach (var item in list)
                {
                    Emit(emitter, item);
                }

                emitter.Emit(new SequenceEnd());
                break;
            case JsonValue value when value.GetValueKind() == JsonValueKind.String:
                EmitText(emitter, value.GetValue<string>());
                break;
            default:
                EmitScalar(emitter, node?.ToJsonString() ?? "null", ScalarStyle.Plain);
                break;
        }
    }

    private static void EmitText(Emitter emitter, string text) => EmitScalar(emitter, text, StyleOf(text));

    private static void EmitScalar(Emitter emitter, string text, ScalarStyle style) => emitter.Emit(new Scalar(
        AnchorName.Empty, TagName.Empty, text, style, isPlainImplicit: style == ScalarStyle.Plain, isQuotedImplicit: style != ScalarStyle.Plain));

    private static ScalarStyle StyleOf(string text) =>
        SafePlain().IsMatch(text) && !Ambiguous().IsMatch(text) ? ScalarStyle.Plain
        : text.Contains('\n', StringComparison.Ordinal) && text.All(c => c == '\n' || IsPlainlyPrinted(c)) && SafeBlock().IsMatch(text) ? ScalarStyle.Literal
        : text.All(IsPlainlyPrinted) ? ScalarStyle.SingleQuoted
        : ScalarStyle.DoubleQuoted;

    /// <summary>Whether a character stands for itself in every YAML reader and every editor.</summary>
    private static bool IsPlainlyPrinted(char c) => char.GetUnicodeCategory(c) is not
        (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.Surrogate or UnicodeCategory.PrivateUse or UnicodeCategory.OtherNotAssigned
        or UnicodeCategory.LineSeparator or UnicodeCategory.ParagraphSeparator) && c is ' ' or > ' ' and not '\u00a0' and not '\ufeff';

    // No indicator of YAML at the start, and nothing inside that could end the text.
    [GeneratedRegex(@"^[A-Za-z0-9_$./](?:[A-Za-z0-9_$./@+=;,()~-]|:(?=[A-Za-z0-9_$./@+-]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafePlain();

    // What YAML 1.1 or 1.2 readers take for null, a boolean, a number or a time.
    [GeneratedRegex(@"^(?:null|true|false|yes|no|on|off|y|n|0[xo][0-9a-f_]*|[0-9._]+(?:e[+-]?[0-9]*)?|[0-9][0-9:._-]*(?:t.*)?|\.inf|\.nan)\z", RegexOptions.CultureInvariant | RegexOptions.IgnoreCase)]
    private static partial Regex Ambiguous();

    // Lines neither start the text with a space nor end in one, so that the block's indentation and its end are told from the text.
    [GeneratedRegex(@"^[^ \n](?:.*[^ \n])?(?:\n(?:|.*[^ \n]))*\z", RegexOptions.CultureInvariant)]
    private static partial Regex SafeBlock();
}
