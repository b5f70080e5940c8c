using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// A mapping template of Amazon API Gateway: Apache Velocity 1.7 with <c>$input</c>, <c>$context</c>, <c>$stageVariables</c> and
/// <c>$util</c>. Compiled once, evaluated by any number of threads. A template of plain references allocates nothing when evaluated.
/// <para>
/// Differences from plain Velocity follow the service: a reference without a value prints nothing instead of its own text.
/// Sources: https://velocity.apache.org/engine/1.7/vtl-reference.html and
/// https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-mapping-template-reference.html
/// </para>
/// </summary>
internal sealed class Template
{
    private readonly string _text;
    private readonly Node _root;
    private readonly int _slots;
    private readonly TemplateSettings _settings;
    private Evaluation? _spare;

    private Template(string text, Node root, int slots, TemplateSettings settings)
    {
        QuickBytes = TemplateWork.QuickBytes(text);
        _text = text;
        _root = root;
        _slots = slots;
        _settings = settings;
    }

    /// <summary>The longest body, in bytes, with which an evaluation is sure to be short work; -1: with none.</summary>
    public int QuickBytes { get; }

    public static bool TryParse(
        string text, [NotNullWhen(true)] out Template? template, [NotNullWhen(false)] out TemplateError? error) =>
        TryParse(text, TemplateSettings.Default, out template, out error);

    public static bool TryParse(
        string text,
        TemplateSettings settings,
        [NotNullWhen(true)] out Template? template,
        [NotNullWhen(false)] out TemplateError? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(settings);
        template = null;
        if (Encoding.UTF8.GetByteCount(text) > settings.Limits.MaxTemplateBytes)
        {
            error = new TemplateError(1, 1, $"The template is longer than {settings.Limits.MaxTemplateBytes} bytes", "Shorten it");
            return false;
        }

        var scope = new ParseScope(text, settings);
        var root = new TemplateParser(new Cursor(text), scope).ParseAll();
        if (root is null)
        {
            error = scope.Error!;
            return false;
        }

        template = new Template(text, root, scope.SlotCount, settings);
        error = null;
        return true;
    }

    /// <summary>
    /// Writes the result as UTF-8. What is written before a failure stays in <paramref name="output"/> and must be thrown away by the caller.
    /// </summary>
    public TemplateOutcome Evaluate(ITemplateVariables variables, IBufferWriter<byte> output)
    {
        ArgumentNullException.ThrowIfNull(variables);
        ArgumentNullException.ThrowIfNull(output);
        var evaluation = Interlocked.Exchange(ref _spare, null) ?? new Evaluation(_settings, _slots);
        evaluation.Begin(variables, output);
        _root.Render(evaluation);
        var outcome = TemplateOutcome.Ok;
        if (evaluation.Failed)
        {
            var (line, column) = ParseScope.Locate(_text, evaluation.FailedAt);
            outcome = new TemplateOutcome(evaluation.Failure, evaluation.Message, line, column);
        }

        evaluation.End();
        Volatile.Write(ref _spare, evaluation);
        return outcome;
    }
}
