using System.Globalization;
using System.Text.Json;

namespace RealtimeGateway.Expressions.Models;

/// <summary>One validation of one message, with its bounds.</summary>
/// <remarks>The texts follow those that AWS puts into <c>$context.error.validationErrorString</c>.</remarks>
internal sealed class ModelValidation
{
    /// <summary>Checks and comparisons: some tens of milliseconds. A schema can ask for work that grows exponentially with its depth.</summary>
    private const int MaxSteps = 500_000;

    /// <summary>Schemas within schemas; a circular reference that consumes nothing ends here.</summary>
    private const int MaxDepth = 512;

    private const int MaxErrors = 8;
    private const int MaxQuotedCharacters = 100;

    private readonly List<string> _errors = [];
    private int _steps;
    private int _depth;
    private string? _abort;
    private long? _backtrackingSince;

    /// <summary>The mistakes, between brackets; null when there are none.</summary>
    public string? Error =>
        _abort is not null ? $"[{_abort}]"
        : _errors.Count > 0 ? $"[{string.Join(", ", _errors)}]"
        : null;

    /// <summary>Checks a value; whether it follows the schema.</summary>
    public bool Check(ModelSchema schema, JsonElement value)
    {
        if (!Step() || _depth == MaxDepth)
        {
            _abort ??= "instance needs too many nested schemas";
            return false;
        }

        _depth++;
        var isValid = schema.Reference is not null ? Check(schema.Reference, value) : CheckKeywords(schema, value);
        _depth--;
        return isValid && _abort is null;
    }

    private bool CheckKeywords(ModelSchema schema, JsonElement value)
    {
        var type = TypeOf(value);
        if (schema.Types != ModelTypes.None && (schema.Types & (type == ModelTypes.Integer ? ModelTypes.Integer | ModelTypes.Number : type)) == 0)
        {
            return Add($"instance type ({NameOf(type)}) does not match any allowed primitive type (allowed: {NamesOf(schema.Types)})");
        }

        var isValid = schema.Enum is null || IsIn(schema.Enum, value)
            || Add($"instance value ({Quote(value)}) not found in enum (possible values: [{string.Join(",", schema.Enum.Select(Quote))}])");
        isValid &= type switch
        {
            ModelTypes.Integer or ModelTypes.Number => CheckNumber(schema, value),
            ModelTypes.String => CheckString(schema, value),
            ModelTypes.Array => CheckArray(schema, value),
            ModelTypes.Object => CheckObject(schema, value),
            _ => true,
        };
        return isValid & CheckCombinations(schema, value);
    }

    private bool CheckNumber(ModelSchema schema, JsonElement value)
    {
        if (schema.Minimum is null && schema.Maximum is null && schema.MultipleOf is null)
        {
            return true;
        }

        // Beyond decimal's range only the sign matters for bounds, as these are decimals.
        var isExact = value.TryGetDecimal(out var number);
        if (!isExact)
        {
            number = value.GetDouble() < 0 ? decimal.MinValue : decimal.MaxValue;
        }

        var isValid = true;
        if (number < schema.Minimum || (schema.IsMinimumExclusive && number == schema.Minimum))
        {
            isValid = Add(Format($"numeric value is lower than the required minimum (minimum: {schema.Minimum}, found: {Quote(value)})"));
        }

        if (number > schema.Maximum || (schema.IsMaximumExclusive && number == schema.Maximum))
        {
            isValid = Add(Format($"numeric value is greater than the required maximum (maximum: {schema.Maximum}, found: {Quote(value)})"));
        }

        if (schema.MultipleOf is { } divisor && (!isExact || number % divisor != 0))
        {
            isValid = Add(Format($"remainder of division is not zero ({Quote(value)} / {divisor})"));
        }

        return isValid;
    }

    private bool CheckString(ModelSchema schema, JsonElement value)
    {
        if (schema.MinLength is null && schema.MaxLength is null && schema.Pattern is null)
        {
            return true;
        }

        var text = value.GetString()!;
        var length = text.EnumerateRunes().Count();
        var isValid = true;
        if (length < schema.MinLength)
        {
            isValid = Add($"string {Quote(value)} is too short (length: {length}, required minimum: {schema.MinLength})");
        }

        if (length > schema.MaxLength)
        {
            isValid = Add($"string {Quote(value)} is too long (length: {length}, maximum allowed: {schema.MaxLength})");
        }

        if (schema.Pattern is not null && !IsMatch(schema.Pattern, text))
        {
            isValid = Add($"ECMA 262 regex \"{schema.Pattern.Pattern}\" does not match input string {Quote(value)}");
        }

        return isValid;
    }

    private bool CheckArray(ModelSchema schema, JsonElement value)
    {
        var length = value.GetArrayLength();
        var isValid = true;
        if (length < schema.MinItems)
        {
            isValid = Add($"array is too short: must have at least {schema.MinItems} elements but instance has {length} elements");
        }

        if (length > schema.MaxItems)
        {
            isValid = Add($"array is too long: must have at most {schema.MaxItems} elements but instance has {length} elements");
        }

        if (schema.HasUniqueItems && !AreUnique(value))
        {
            isValid = Add("array must not contain duplicate elements");
        }

        if (schema is { ForbidsAdditionalItems: true, Tuple: { } allowed } && length > allowed.Length)
        {
            isValid = Add($"array has too many elements: {length} (expected {allowed.Length})");
        }

        if (schema.Items is null && schema.Tuple is null)
        {
            return isValid;
        }

        var index = 0;
        foreach (var element in value.EnumerateArray())
        {
            var own = schema.Items ?? (index < schema.Tuple!.Length ? schema.Tuple[index] : schema.AdditionalItems);
            isValid &= own is null || Check(own, element);
            index++;
            if (_abort is not null)
            {
                return false;
            }
        }

        return isValid;
    }

    private bool CheckObject(ModelSchema schema, JsonElement value)
    {
        var isValid = true;
        if (schema.Required is not null)
        {
            var missing = Array.FindAll(schema.Required, name => Step() && !value.TryGetProperty(name, out _));
            isValid = missing.Length == 0 || Add($"object has missing required properties ({QuoteAll(missing)})");
        }

        var count = schema.MinProperties is null && schema.MaxProperties is null ? 0 : value.EnumerateObject().Select(static member => member.Name).Distinct().Count();
        if (count < schema.MinProperties)
        {
            isValid = Add($"object has too few properties (found {count} but schema requires at least {schema.MinProperties})");
        }

        if (count > schema.MaxProperties)
        {
            isValid = Add($"object has too many properties (found {count} but schema requires at most {schema.MaxProperties})");
        }

        foreach (var (name, needs, dependency) in schema.Dependencies ?? [])
        {
            if (!Step() || !value.TryGetProperty(name, out _))
            {
                continue;
            }

            var missing = Array.FindAll(needs, need => Step() && !value.TryGetProperty(need, out _));
            isValid &= missing.Length == 0
                || Add($"property {QuoteText(name)} of object has missing property dependencies (missing: {QuoteAll(missing)})");
            isValid &= dependency is null || Check(dependency, value);
        }

        return isValid & CheckMembers(schema, value);
    }

    private bool CheckMembers(ModelSchema schema, JsonElement value)
    {
        if (schema.Properties is null && schema.PatternProperties is null && schema.AdditionalProperties is null && !schema.ForbidsAdditionalProperties)
        {
            return true;
        }

        var isValid = true;
        var unwanted = new List<string>();
        foreach (var member in value.EnumerateObject())
        {
            var name = member.Name;
            var isKnown = false;
            if (schema.Properties is not null && schema.Properties.TryGetValue(name, out var own))
            {
                isKnown = true;
                isValid &= Check(own, member.Value);
            }

            foreach (var (pattern, patterned) in schema.PatternProperties ?? [])
            {
                if (IsMatch(pattern, name))
                {
                    isKnown = true;
                    isValid &= Check(patterned, member.Value);
                }
            }

            if (!isKnown && schema.AdditionalProperties is not null)
            {
                isValid &= Check(schema.AdditionalProperties, member.Value);
            }
            else if (!isKnown && schema.ForbidsAdditionalProperties && unwanted.Count < MaxErrors)
            {
                unwanted.Add(name);
            }

            if (_abort is not null)
            {
                return false;
            }
        }

        return (unwanted.Count == 0 || Add($"object instance has properties which are not allowed by the schema: {QuoteAll(unwanted)}")) && isValid;
    }

    private bool CheckCombinations(ModelSchema schema, JsonElement value)
    {
        var isValid = true;
        foreach (var part in schema.AllOf ?? [])
        {
            isValid &= Check(part, value);
        }

        if (schema.AnyOf is not null && CountMatches(schema.AnyOf, value, enough: 1) == 0)
        {
            isValid = Add("instance failed to match at least one required schema among " + Format($"{schema.AnyOf.Length}"));
        }

        if (schema.OneOf is not null && CountMatches(schema.OneOf, value, enough: 2) is var matches and not 1)
        {
            isValid = Add(Format($"instance failed to match exactly one schema (matched {(matches == 0 ? "none" : "several")} out of {schema.OneOf.Length})"));
        }

        if (schema.Not is not null && CountMatches([schema.Not], value, enough: 1) > 0)
        {
            isValid = Add("instance matched a schema which it should not have");
        }

        return isValid;
    }

    // What speaks against an alternative is no mistake of the message.
    private int CountMatches(ModelSchema[] schemas, JsonElement value, int enough)
    {
        var errors = _errors.Count;
        var matches = 0;
        foreach (var schema in schemas)
        {
            matches += Check(schema, value) ? 1 : 0;
            _errors.RemoveRange(errors, _errors.Count - errors);
            if (matches == enough || _abort is not null)
            {
                break;
            }
        }

        return matches;
    }

    private bool IsMatch(BoundedRegex regex, string text)
    {
        // What one match may take, all matches of a message together may take on the backtracking engine.
        if (!regex.IsLinear)
        {
            _backtrackingSince ??= Environment.TickCount64;
            if (Environment.TickCount64 - _backtrackingSince > BoundedRegex.MaxDuration.TotalMilliseconds)
            {
                _abort ??= "instance took too long to match a regular expression";
                return false;
            }
        }

        var isMatch = Step() ? regex.IsMatch(text) : false;
        if (isMatch is null)
        {
            _abort ??= "instance took too long to match a regular expression";
        }

        return isMatch == true;
    }

    private bool IsIn(JsonElement[] values, JsonElement value) =>
        Array.Exists(values, candidate => Step() && candidate.ValueKind == value.ValueKind && JsonElement.DeepEquals(candidate, value));

    // Hashing first keeps a long array of different elements linear.
    private bool AreUnique(JsonElement array)
    {
        var seen = new Dictionary<int, List<JsonElement>>();
        foreach (var element in array.EnumerateArray())
        {
            var hash = element.ValueKind switch
            {
                JsonValueKind.String => element.GetString()!.GetHashCode(StringComparison.Ordinal),
                JsonValueKind.Number => element.GetDouble().GetHashCode(),
                JsonValueKind.Array => HashCode.Combine(element.GetArrayLength()),
                _ => (int)element.ValueKind,
            };
            if (!seen.TryGetValue(hash, out var alike))
            {
                seen.Add(hash, alike = []);
            }

            if (alike.Exists(other => Step() && JsonElement.DeepEquals(other, element)))
            {
                return false;
            }

            alike.Add(element);
        }

        return true;
    }

    private bool Step()
    {
        if (++_steps > MaxSteps)
        {
            _abort ??= "instance needs too many steps to validate";
        }

        return _abort is null;
    }

    private bool Add(string error)
    {
        if (_errors.Count < MaxErrors)
        {
            _errors.Add(error);
        }

        return false;
    }

    private static ModelTypes TypeOf(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Array => ModelTypes.Array,
        JsonValueKind.Object => ModelTypes.Object,
        JsonValueKind.String => ModelTypes.String,
        JsonValueKind.Null => ModelTypes.Null,
        // Draft 4 §3.5: an integer is a number without a fraction or exponent part.
        JsonValueKind.Number => value.GetRawText().AsSpan().ContainsAny('.', 'e', 'E') ? ModelTypes.Number : ModelTypes.Integer,
        _ => ModelTypes.Boolean,
    };

    private static string NameOf(ModelTypes type) => type switch
    {
        ModelTypes.Array => "array",
        ModelTypes.Boolean => "boolean",
        ModelTypes.Integer => "integer",
        ModelTypes.Null => "null",
        ModelTypes.Number => "number",
        ModelTypes.Object => "object",
        _ => "string",
    };

    private static string NamesOf(ModelTypes types)
    {
        var names = Enum.GetValues<ModelTypes>().Where(type => type != ModelTypes.None && types.HasFlag(type)).Select(NameOf).ToList();
        if (types.HasFlag(ModelTypes.Number) && !types.HasFlag(ModelTypes.Integer))
        {
            names.Insert(names.IndexOf("number"), "integer");
        }

        return QuoteAll(names);
    }

    private static string QuoteAll(IEnumerable<string> names) => $"[{string.Join(",", names.Take(MaxErrors).Select(QuoteText))}]";

    private static string QuoteText(string text) =>
        text.Length <= MaxQuotedCharacters ? JsonSerializer.Serialize(text) : JsonSerializer.Serialize(text[..MaxQuotedCharacters] + "…");

    private static string Quote(JsonElement value)
    {
        var text = value.GetRawText();
        return text.Length <= MaxQuotedCharacters ? text : text[..MaxQuotedCharacters] + "…";
    }

    private static string Format(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
