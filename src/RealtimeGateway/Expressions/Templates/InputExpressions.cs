using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>A reference to a built-in that was understood at compile time. Falls back to the general form when the name was reused.</summary>
internal abstract class KnownReference(Expression general) : Expression
{
    public override bool Holds(Evaluation evaluation) => Truth.Of(Evaluate(evaluation));

    public sealed override object? Evaluate(Evaluation evaluation) =>
        evaluation.BuiltInsShadowed ? general.Evaluate(evaluation) : Get(evaluation);

    public sealed override void WriteTo(Evaluation evaluation)
    {
        if (evaluation.BuiltInsShadowed)
        {
            general.WriteTo(evaluation);
        }
        else
        {
            Write(evaluation);
        }
    }

    protected abstract object? Get(Evaluation evaluation);

    protected virtual void Write(Evaluation evaluation) => JavaText.Write(evaluation, Get(evaluation), evaluation.Output);
}

/// <summary><c>$context.a.b</c>.</summary>
internal sealed class ContextExpression(ContextReference reference, Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation) => ContextValue.Resolve(evaluation, reference);

    protected override void Write(Evaluation evaluation)
    {
        if (!evaluation.Variables.TryWriteContext(reference, evaluation.Output))
        {
            base.Write(evaluation);
        }
    }
}

/// <summary><c>$stageVariables.name</c>.</summary>
internal sealed class StageVariableExpression(string name, Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation) =>
        evaluation.Variables.StageVariables.TryGetValue(name, out var value) ? value : null;
}

/// <summary><c>$input.body</c>.</summary>
internal sealed class InputBodyExpression(Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation) => Input.GetBodyText(evaluation);

    protected override void Write(Evaluation evaluation)
    {
        var body = evaluation.BodyText;
        if (Utf8.IsValid(body))
        {
            evaluation.Output.Write(body);
        }
        else
        {
            evaluation.Output.Write(Input.GetBodyText(evaluation).AsSpan());
        }
    }
}

/// <summary><c>$input.params('name')</c> with a literal name.</summary>
internal sealed class InputParameterExpression(string name, Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation) => ParamsValue.Find(evaluation.Variables, name) ?? "";
}

/// <summary><c>$input.path('$.a')</c> with a literal path.</summary>
internal sealed class InputPathExpression(JsonPath path, int position, Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation)
    {
        evaluation.Position = position;
        return Input.GetPath(evaluation, path);
    }
}

/// <summary><c>$input.json('$.a')</c> with a literal path. A plain path is cut from the body's bytes.</summary>
internal sealed class InputJsonExpression(JsonPath path, int position, Expression general) : KnownReference(general)
{
    protected override object? Get(Evaluation evaluation)
    {
        evaluation.Position = position;
        var buffer = new ArrayBufferWriter<byte>(256);
        var capture = new TemplateOutput(evaluation);
        capture.Open(buffer, evaluation.Limits.MaxTextLength, TemplateFailure.IntermediateSize);
        Input.WriteJson(evaluation, path, capture);
        return evaluation.ChargeText(buffer.WrittenCount) ? Encoding.UTF8.GetString(buffer.WrittenSpan) : "";
    }

    protected override void Write(Evaluation evaluation) => Input.WriteJson(evaluation, path, evaluation.Output);
}

/// <summary>What <c>$input</c> can do.</summary>
internal static class Input
{
    // Scanning is fast, but a template can ask for it in every step.
    private const int BytesPerWork = 1024;

    public static string GetBodyText(Evaluation evaluation)
    {
        var body = evaluation.BodyText;
        return evaluation.ChargeText(body.Length) ? Encoding.UTF8.GetString(body) : "";
    }

    public static object? GetPath(Evaluation evaluation, JsonPath path) =>
        Read(evaluation, path, out var found) is { } value && found ? value : Missing.Value;

    /// <summary>Writes the JSON text of what the path leads to; <c>""</c> when there is nothing.</summary>
    public static void WriteJson(Evaluation evaluation, JsonPath path, TemplateOutput output)
    {
        if (path.Plain is null)
        {
            var value = Read(evaluation, path, out var found);
            if (found)
            {
                JavaText.WriteJson(evaluation, value, output);
            }
            else
            {
                output.Write("\"\""u8);
            }

            return;
        }

        var body = evaluation.BodyText;
        var depth = evaluation.Limits.MaxJsonDepth;
        evaluation.Work(body.Length / BytesPerWork);
        try
        {
            if (path.TryLocate(body, depth, out var slice))
            {
                JsonCompactor.Write(slice.Of(body), depth, output);
            }
            else
            {
                output.Write("\"\""u8);
            }
        }
        catch (JsonException e)
        {
            // Utf8JsonReader has no form that answers instead of throwing.
            evaluation.Fail(TemplateFailure.BodyNotJson, "The body is not JSON: " + e.Message);
        }
    }

    private static object? Read(Evaluation evaluation, JsonPath path, out bool found)
    {
        found = false;
        var body = evaluation.GetBody();
        if (evaluation.Failed)
        {
            return null;
        }

        var budget = evaluation.Limits.MaxSteps;
        var value = path.Read(body, ref budget, out found);
        evaluation.Work(evaluation.Limits.MaxSteps - Math.Max(0, budget));
        if (budget < 0)
        {
            evaluation.Fail(TemplateFailure.Steps, "A JSONPath looked at too many values");
            return null;
        }

        return value is JavaList { Count: var count } && !path.IsDefinite && !evaluation.ChargeEntries(count) ? null : value;
    }
}
