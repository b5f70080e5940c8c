using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace RealtimeGateway.Expressions;

/// <summary>
/// Puts stage variables into the URIs, ARNs and credentials of integrations, when a stage is compiled
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/aws-api-gateway-stage-variables-reference.html).
/// </summary>
internal static class StageVariables
{
    private const string Opening = "${stageVariables.";

    /// <summary>Replaces each <c>${stageVariables.name}</c>; what is put in is not looked at again, other text stays as it is.</summary>
    /// <param name="text">The text with references in it.</param>
    /// <param name="variables">The stage's variables.</param>
    /// <param name="expanded">The text without references.</param>
    /// <param name="error">Names the reference, its column and what to do: unknown or misspelt, or its value has control characters.</param>
    public static bool TryExpand(
        string text,
        IReadOnlyDictionary<string, string> variables,
        [NotNullWhen(true)] out string? expanded,
        [NotNullWhen(false)] out string? error)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentNullException.ThrowIfNull(variables);
        expanded = null;
        error = null;
        var position = text.IndexOf(Opening, StringComparison.Ordinal);
        if (position < 0)
        {
            expanded = text;
            return true;
        }

        var result = new StringBuilder(text, 0, position, 0);
        while (position < text.Length)
        {
            var start = position + Opening.Length;
            var end = text.IndexOf('}', start);
            if (end < 0)
            {
                error = $"column {position + 1}: '}}' is missing for '{Opening}'";
                return false;
            }

            var name = text[start..end];
            if (!VariableName.IsValidForStage(name))
            {
                error = $"column {position + 1}: '{name}' is not a stage variable's name; names have letters, digits and '_' only";
                return false;
            }

            if (!variables.TryGetValue(name, out var value))
            {
                error = $"column {position + 1}: the stage has no variable '{name}'; add it to the stage's variables";
                return false;
            }

            if (ControlCharacters.AreIn(value))
            {
                error = $"column {position + 1}: the stage variable '{name}' has control characters in it; remove them";
                return false;
            }

            var next = text.IndexOf(Opening, end, StringComparison.Ordinal);
            position = next < 0 ? text.Length : next;
            result.Append(value).Append(text, end + 1, position - end - 1);
        }

        expanded = result.ToString();
        return true;
    }
}
