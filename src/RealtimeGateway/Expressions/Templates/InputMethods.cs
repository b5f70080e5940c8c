using System.Buffers;
using System.Text;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Expressions.Templates;

/// <summary>The methods of <c>$input</c>, for arguments that are known only when the template runs.</summary>
internal static class InputMethods
{
    public static object? Call(Evaluation evaluation, string name, object?[] arguments)
    {
        switch (name, arguments)
        {
            case ("params", []):
                return new ParamsValue(evaluation.Variables);
            case ("params", [string key]):
                return ParamsValue.Find(evaluation.Variables, key) ?? "";
            case ("path", [string text]):
                return Parse(evaluation, text) is { } path ? Input.GetPath(evaluation, path) : null;
            case ("json", [string text]):
                return Parse(evaluation, text) is { } jsonPath ? GetJson(evaluation, jsonPath) : null;
            default:
                return null;
        }
    }

    private static string GetJson(Evaluation evaluation, JsonPath path)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var capture = new TemplateOutput(evaluation);
        capture.Open(buffer, evaluation.Limits.MaxTextLength, TemplateFailure.IntermediateSize);
        Input.WriteJson(evaluation, path, capture);
        return evaluation.ChargeText(buffer.WrittenCount) ? Encoding.UTF8.GetString(buffer.WrittenSpan) : "";
    }

    private static JsonPath? Parse(Evaluation evaluation, string text)
    {
        evaluation.Work(1 + (text.Length / 16));
        if (JsonPath.TryParse(text, out var path, out var error))
        {
            return path;
        }

        evaluation.Fail(TemplateFailure.Evaluation, error);
        return null;
    }
}
