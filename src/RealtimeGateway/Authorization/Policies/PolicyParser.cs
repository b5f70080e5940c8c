using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>Reads the grammar of https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html; stops at the first error.</summary>
internal sealed class PolicyParser
{
    private const string CurrentVersion = "2012-10-17";

    private bool _variables;
    private string? _error;

    private PolicyParser()
    {
    }

    /// <summary>Parses a whole policy.</summary>
    public static bool TryParse(JsonElement json, [NotNullWhen(true)] out PolicyDocument? policy, [NotNullWhen(false)] out string? error)
    {
        var parser = new PolicyParser();
        policy = parser.ReadDocument(json);
        error = policy is null ? parser._error ?? "not a policy" : null;
        return policy is not null;
    }

    private PolicyDocument? ReadDocument(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Fail<PolicyDocument>("policy", "must be an object");
        }

        JsonElement? statements = null;
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Version" when IsText(member.Value, CurrentVersion):
                    _variables = true;
                    break;
                case "Version" when IsText(member.Value, "2008-10-17"):
                case "Id" when member.Value.ValueKind == JsonValueKind.String:
                    break;
                case "Statement":
                    statements = member.Value;
                    break;
                case "Version":
                    return Fail<PolicyDocument>("Version", "must be 2012-10-17 or 2008-10-17");
                default:
                    return Fail<PolicyDocument>(member.Name, "is not an element of a policy");
            }
        }

        return statements is { } found ? ReadStatements(found) : Fail<PolicyDocument>("Statement", "is missing");
    }

    private PolicyDocument? ReadStatements(JsonElement json)
    {
        if (json.ValueKind != JsonValueKind.Array)
        {
            return ReadStatement(json, "Statement") is { } only ? new PolicyDocument([only]) : null;
        }

        var statements = new List<PolicyStatement>();
        foreach (var element in json.EnumerateArray())
        {
            if (ReadStatement(element, $"Statement[{statements.Count}]") is not { } statement)
            {
                return null;
            }

            statements.Add(statement);
        }

        return new PolicyDocument([.. statements]);
    }

    private PolicyStatement? ReadStatement(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Fail<PolicyStatement>(at, "must be an object");
        }

        bool? denies = null;
        JsonProperty? actions = null, resources = null;
        PolicyCondition[] conditions = [];
        foreach (var member in json.EnumerateObject())
        {
            switch (member.Name)
            {
                case "Sid" when member.Value.ValueKind == JsonValueKind.String:
                    break;
                case "Effect" when IsText(member.Value, "Allow") || IsText(member.Value, "Deny"):
                    denies = IsText(member.Value, "Deny");
                    break;
                case "Effect":
                    return Fail<PolicyStatement>(at + ".Effect", "must be Allow or Deny");
                case "Action" or "NotAction" when actions is null:
                    actions = member;
                    break;
                case "Resource" or "NotResource" when resources is null:
                    resources = member;
                    break;
                case "Condition":
                    if (ReadConditions(member.Value, at + ".Condition") is not { } read)
                    {
                        return null;
                    }

                    conditions = read;
                    break;
                default:
                    return Fail<PolicyStatement>($"{at}.{member.Name}", "is not understood here");
            }
        }

        if (denies is null || actions is null || resources is null)
        {
            return Fail<PolicyStatement>(at, "needs Effect, one of Action and NotAction, and one of Resource and NotResource");
        }

        return ReadPatterns(actions.Value, at, isAction: true) is { } actionPatterns
            && ReadPatterns(resources.Value, at, isAction: false) is { } resourcePatterns
            ? new PolicyStatement
            {
                Denies = denies.Value,
                Actions = actionPatterns,
                NotActions = actions.Value.NameEquals("NotAction"),
                Resources = resourcePatterns,
                NotResources = resources.Value.NameEquals("NotResource"),
                Conditions = conditions,
            }
            : null;
    }

    private PolicyPattern[]? ReadPatterns(JsonProperty property, string at, bool isAction)
    {
        at = $"{at}.{property.Name}";
        if (ReadTexts(property.Value, at, scalars: false) is not { } texts)
        {
            return null;
        }

        var patterns = new PolicyPattern[texts.Count];
        for (var i = 0; i < patterns.Length; i++)
        {
            var isNamed = texts[i] == "*" || texts[i].Contains(':', StringComparison.Ordinal);
            if (!isNamed || !PolicyPattern.TryParse(texts[i], wildcards: true, _variables && !isAction, ignoreCase: isAction, out var pattern))
            {
                return Fail<PolicyPattern[]>(at, isAction ? "must be * or service:action" : "must be * or an ARN, with closed variables");
            }

            patterns[i] = pattern;
        }

        return patterns;
    }

    private PolicyCondition[]? ReadConditions(JsonElement json, string at)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            return Fail<PolicyCondition[]>(at, "must be an object");
        }

        var conditions = new List<PolicyCondition>();
        foreach (var block in json.EnumerateObject())
        {
            var here = $"{at}.{block.Name}";
            if (!ConditionOperator.TryParse(block.Name, out var conditionOperator))
            {
                return Fail<PolicyCondition[]>(here, "is not an operator that is understood");
            }

            if (block.Value.ValueKind != JsonValueKind.Object)
            {
                return Fail<PolicyCondition[]>(here, "must be an object");
            }

            foreach (var key in block.Value.EnumerateObject())
            {
                if (ReadTexts(key.Value, $"{here}.{key.Name}", scalars: true) is not { } values)
                {
                    return null;
                }

                if (!PolicyCondition.TryParse(conditionOperator.Value, key.Name, values, _variables, out var condition))
                {
                    return Fail<PolicyCondition[]>($"{here}.{key.Name}", "has a value that the operator does not take");
                }

                conditions.Add(condition);
            }
        }

        return [.. conditions];
    }

    private List<string>? ReadTexts(JsonElement json, string at, bool scalars)
    {
        var texts = new List<string>();
        if (json.ValueKind != JsonValueKind.Array)
        {
            return TryAdd(json) ? texts : Fail<List<string>>(at, "must be a string or strings");
        }

        foreach (var element in json.EnumerateArray())
        {
            if (!TryAdd(element))
            {
                return Fail<List<string>>(at, "must be a string or strings");
            }
        }

        return texts.Count > 0 ? texts : Fail<List<string>>(at, "must not be empty");

        bool TryAdd(JsonElement element)
        {
            var text = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString(),
                JsonValueKind.True or JsonValueKind.False or JsonValueKind.Number when scalars => element.GetRawText(),
                _ => null,
            };
            if (text is not null)
            {
                texts.Add(text);
            }

            return text is not null;
        }
    }

    private static bool IsText(JsonElement json, string text) => json.ValueKind == JsonValueKind.String && json.ValueEquals(text);

    private T? Fail<T>(string at, string problem)
        where T : class
    {
        _error ??= $"{at}: {problem}";
        return null;
    }
}
