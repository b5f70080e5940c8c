using System.Buffers;
using System.Collections.Immutable;
using RealtimeGateway.Apis;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Deployments;

/// <summary>
/// What stage variables may be: Amazon API Gateway's quotas
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/stage-variables.html).
/// </summary>
internal static class StageVariableRules
{
    private const int MaxCount = 100;
    private const int MaxNameLength = 64;
    private const int MaxValueLength = 512;
    private const string ValueMarks = "-._~:/?#&=,";

    private static readonly SearchValues<char> ValueCharacters =
        SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789" + ValueMarks);

    /// <summary>Checks the variables of one stage.</summary>
    /// <param name="variables">The variables.</param>
    /// <param name="path">Where they were written.</param>
    /// <param name="errors">Takes everything that is wrong; values, which may be secrets, are not in it.</param>
    public static void Check(ImmutableSortedDictionary<string, string> variables, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (variables.Count > MaxCount)
        {
            errors.Add(new(path, $"A stage has at most {MaxCount} variables, and here are {variables.Count}; take {variables.Count - MaxCount} away."));
        }

        foreach (var (name, value) in variables)
        {
            if (name.Length > MaxNameLength || !VariableName.IsValidForStage(name))
            {
                errors.Add(new(path[name], $"'{name}' is no name of a stage variable: use 1 to {MaxNameLength} letters, digits and '_'."));
            }

            if (CheckValue(value) is { } mistake)
            {
                errors.Add(new(path[name], mistake));
            }
        }
    }

    private static string? CheckValue(string value)
    {
        if (value.Length is 0 or > MaxValueLength)
        {
            return value.Length == 0
                ? "The value is empty; write one, or take the variable away."
                : $"The value has {value.Length} characters; use at most {MaxValueLength}.";
        }

        var wrong = value.AsSpan().IndexOfAnyExcept(ValueCharacters);
        return wrong < 0 ? null : $"The value's character {wrong + 1} is not allowed; use ASCII letters, digits and {ValueMarks} only.";
    }
}
