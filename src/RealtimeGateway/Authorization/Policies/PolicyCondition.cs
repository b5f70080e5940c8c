using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>One key of one operator in a <c>Condition</c>, with its values parsed. Immutable.</summary>
internal sealed class PolicyCondition
{
    private readonly ConditionOperator _operator;
    private readonly string _key;
    private readonly object[] _operands;

    private PolicyCondition(ConditionOperator conditionOperator, string key, object[] operands)
    {
        _operator = conditionOperator;
        _key = key;
        _operands = operands;
    }

    /// <summary>Parses the values as the operator needs them. <see langword="false"/> when one is not of its kind.</summary>
    public static bool TryParse(
        ConditionOperator conditionOperator, string key, IReadOnlyList<string> values, bool variables, [NotNullWhen(true)] out PolicyCondition? condition)
    {
        condition = null;
        var operands = new object[values.Count];
        for (var i = 0; i < operands.Length; i++)
        {
            if (ParseOperand(conditionOperator.Kind, values[i], variables) is not { } operand)
            {
                return false;
            }

            operands[i] = operand;
        }

        condition = new PolicyCondition(conditionOperator, key, operands);
        return operands.Length > 0;
    }

    /// <summary>Whether the request meets it.</summary>
    public bool IsMet(PolicyContext context)
    {
        var values = context.ValuesOf(_key);
        if (_operator.Kind == ComparisonKind.Absent)
        {
            return Array.IndexOf(_operands, values.Count == 0) >= 0;
        }

        if (values.Count == 0)
        {
            // IAM: a negated operator is met by an absent key, and so is ForAllValues.
            return _operator.IfExists || _operator.Set == SetQuantifier.All
                || (_operator.IsNegated && _operator.Set == SetQuantifier.None);
        }

        foreach (var value in values)
        {
            var meets = ComparesToAny(value, context) != _operator.IsNegated;
            // One value decides: for "any" (and a single value) the first that meets, else the first that does not.
            var decides = _operator.Set == SetQuantifier.All || (_operator.Set == SetQuantifier.None && _operator.IsNegated) ? !meets : meets;
            if (decides)
            {
                return meets;
            }
        }

        return _operator.Set == SetQuantifier.All || (_operator.Set == SetQuantifier.None && _operator.IsNegated);
    }

    private static object? ParseOperand(ComparisonKind kind, string text, bool variables)
    {
        switch (kind)
        {
            case ComparisonKind.String or ComparisonKind.StringIgnoreCase or ComparisonKind.Like:
                return PolicyPattern.TryParse(
                    text, kind == ComparisonKind.Like, variables, kind == ComparisonKind.StringIgnoreCase, out var pattern) ? pattern : null;
            case ComparisonKind.Bool or ComparisonKind.Absent:
                return bool.TryParse(text, out var truth) ? truth : null;
            case ComparisonKind.Address:
                return AddressRange.TryParse(text, out var range) ? range : null;
            case >= ComparisonKind.NumberEqual and <= ComparisonKind.NumberGreaterOrEqual:
                return TryReadNumber(text, out var number) ? number : null;
            case >= ComparisonKind.DateEqual and <= ComparisonKind.DateGreaterOrEqual:
                return TryReadDate(text, out var date) ? date : null;
            default:
                throw new UnreachableException();
        }
    }

    private bool ComparesToAny(string value, PolicyContext context)
    {
        foreach (var operand in _operands)
        {
            if (Compares(value, operand, context))
            {
                return true;
            }
        }

        return false;
    }

    private bool Compares(string value, object operand, PolicyContext context) => operand switch
    {
        PolicyPattern pattern => pattern.Matches(value, context),
        bool truth => bool.TryParse(value, out var parsed) && parsed == truth,
        AddressRange range => range.Contains(value),
        decimal number => TryReadNumber(value, out var parsed) && Orders(parsed.CompareTo(number), ComparisonKind.NumberEqual),
        DateTimeOffset date => TryReadDate(value, out var parsed) && Orders(parsed.CompareTo(date), ComparisonKind.DateEqual),
        _ => throw new UnreachableException(),
    };

    // Numbers and dates have the same five orders, in the same order of the enumeration.
    private bool Orders(int order, ComparisonKind equal) => (_operator.Kind - equal) switch
    {
        0 => order == 0,
        1 => order < 0,
        2 => order <= 0,
        3 => order > 0,
        4 => order >= 0,
        _ => throw new UnreachableException(),
    };

    private static bool TryReadNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    /// <summary>ISO 8601 in the profile of https://www.w3.org/TR/NOTE-datetime, or seconds since 1970.</summary>
    private static bool TryReadDate(string text, out DateTimeOffset date)
    {
        if (long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var seconds) && text.Length != 4)
        {
            date = default;
            if (seconds is < -62_135_596_800 or > 253_402_300_799)
            {
                return false;
            }

            date = DateTimeOffset.FromUnixTimeSeconds(seconds);
            return true;
        }

        return DateTimeOffset.TryParseExact(
            text,
            ["yyyy-MM-dd'T'HH:mm:ssK", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK", "yyyy-MM-dd", "yyyy-MM", "yyyy"],
            CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out date);
    }
}
