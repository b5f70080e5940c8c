using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>
/// A condition operator's name taken apart, such as <c>ForAnyValue:StringNotLikeIfExists</c>
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
/// </summary>
/// <param name="Kind">How one value compares to one of the policy's.</param>
/// <param name="IsNegated">Whether the values must not compare so.</param>
/// <param name="IfExists">Whether an absent key counts as met.</param>
/// <param name="Set">How several values of the request count.</param>
internal readonly record struct ConditionOperator(ComparisonKind Kind, bool IsNegated, bool IfExists, SetQuantifier Set)
{
    private static readonly FrozenDictionary<string, (ComparisonKind Kind, bool IsNegated)> Names =
        new Dictionary<string, (ComparisonKind, bool)>(StringComparer.OrdinalIgnoreCase)
        {
            ["StringEquals"] = (ComparisonKind.String, false),
            ["StringNotEquals"] = (ComparisonKind.String, true),
            ["StringEqualsIgnoreCase"] = (ComparisonKind.StringIgnoreCase, false),
            ["StringNotEqualsIgnoreCase"] = (ComparisonKind.StringIgnoreCase, true),
            ["StringLike"] = (ComparisonKind.Like, false),
            ["StringNotLike"] = (ComparisonKind.Like, true),
            ["NumericEquals"] = (ComparisonKind.NumberEqual, false),
            ["NumericNotEquals"] = (ComparisonKind.NumberEqual, true),
            ["NumericLessThan"] = (ComparisonKind.NumberLess, false),
            ["NumericLessThanEquals"] = (ComparisonKind.NumberLessOrEqual, false),
            ["NumericGreaterThan"] = (ComparisonKind.NumberGreater, false),
            ["NumericGreaterThanEquals"] = (ComparisonKind.NumberGreaterOrEqual, false),
            ["DateEquals"] = (ComparisonKind.DateEqual, false),
            ["DateNotEquals"] = (ComparisonKind.DateEqual, true),
            ["DateLessThan"] = (ComparisonKind.DateLess, false),
            ["DateLessThanEquals"] = (ComparisonKind.DateLessOrEqual, false),
            ["DateGreaterThan"] = (ComparisonKind.DateGreater, false),
            ["DateGreaterThanEquals"] = (ComparisonKind.DateGreaterOrEqual, false),
            ["Bool"] = (ComparisonKind.Bool, false),
            ["IpAddress"] = (ComparisonKind.Address, false),
            ["NotIpAddress"] = (ComparisonKind.Address, true),
            ["Null"] = (ComparisonKind.Absent, false),
        }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    /// <summary>Parses a name; <see langword="false"/> for an unknown one, and for <c>Null</c> with a prefix or suffix.</summary>
    public static bool TryParse(string name, [NotNullWhen(true)] out ConditionOperator? parsed)
    {
        parsed = null;
        const string IfExistsSuffix = "IfExists";
        var set = SetQuantifier.None;
        var colon = name.IndexOf(':', StringComparison.Ordinal);
        if (colon >= 0)
        {
            set = name[..colon].ToUpperInvariant() switch
            {
                "FORANYVALUE" => SetQuantifier.Any,
                "FORALLVALUES" => SetQuantifier.All,
                _ => SetQuantifier.None,
            };
            if (set == SetQuantifier.None)
            {
                return false;
            }
        }

        var bare = name[(colon + 1)..];
        var ifExists = bare.EndsWith(IfExistsSuffix, StringComparison.OrdinalIgnoreCase);
        bare = ifExists ? bare[..^IfExistsSuffix.Length] : bare;
        if (!Names.TryGetValue(bare, out var found) || (found.Kind == ComparisonKind.Absent && (ifExists || set != SetQuantifier.None)))
        {
            return false;
        }

        parsed = new ConditionOperator(found.Kind, found.IsNegated, ifExists, set);
        return true;
    }
}

/// <summary>How one value of the request compares to one of the policy.</summary>
internal enum ComparisonKind
{
    /// <summary>The same characters.</summary>
    String,

    /// <summary>The same but for case.</summary>
    StringIgnoreCase,

    /// <summary>Fits a pattern with wildcards.</summary>
    Like,

    /// <summary>The same number.</summary>
    NumberEqual,

    /// <summary>A smaller number.</summary>
    NumberLess,

    /// <summary>A smaller number or the same.</summary>
    NumberLessOrEqual,

    /// <summary>A greater number.</summary>
    NumberGreater,

    /// <summary>A greater number or the same.</summary>
    NumberGreaterOrEqual,

    /// <summary>The same moment.</summary>
    DateEqual,

    /// <summary>Earlier.</summary>
    DateLess,

    /// <summary>Earlier or the same moment.</summary>
    DateLessOrEqual,

    /// <summary>Later.</summary>
    DateGreater,

    /// <summary>Later or the same moment.</summary>
    DateGreaterOrEqual,

    /// <summary>The same truth value.</summary>
    Bool,

    /// <summary>An address within a block.</summary>
    Address,

    /// <summary>Whether the key is absent.</summary>
    Absent,
}

/// <summary>How several values of one key count.</summary>
internal enum SetQuantifier
{
    /// <summary>The key has one value.</summary>
    None,

    /// <summary>One of them must do.</summary>
    Any,

    /// <summary>All of them must do; none at all do, too.</summary>
    All,
}
