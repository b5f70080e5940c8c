namespace RealtimeGateway.Authorization.Policies;

/// <summary>One statement: whom and what it is about, and what it says. Immutable.</summary>
internal sealed class PolicyStatement
{
    /// <summary>Whether it denies.</summary>
    public required bool Denies { get; init; }

    /// <summary>The actions, or those that are left out.</summary>
    public required PolicyPattern[] Actions { get; init; }

    /// <summary>Whether <see cref="Actions"/> are the ones left out.</summary>
    public required bool NotActions { get; init; }

    /// <summary>The resources, or those that are left out.</summary>
    public required PolicyPattern[] Resources { get; init; }

    /// <summary>Whether <see cref="Resources"/> are the ones left out.</summary>
    public required bool NotResources { get; init; }

    /// <summary>What must all be met.</summary>
    public required PolicyCondition[] Conditions { get; init; }

    /// <summary>Whether the statement is about this request.</summary>
    public bool Applies(ReadOnlySpan<char> action, ReadOnlySpan<char> resource, PolicyContext context)
    {
        if (MatchesAny(Actions, action, context) == NotActions || MatchesAny(Resources, resource, context) == NotResources)
        {
            return false;
        }

        // "All but what is ${unknown}" must not come to allow everything.
        if (NotResources && !Denies && !Array.TrueForAll(Resources, pattern => pattern.IsComplete(context)))
        {
            return false;
        }

        foreach (var condition in Conditions)
        {
            if (!condition.IsMet(context))
            {
                return false;
            }
        }

        return true;
    }

    private static bool MatchesAny(PolicyPattern[] patterns, ReadOnlySpan<char> value, PolicyContext context)
    {
        foreach (var pattern in patterns)
        {
            if (pattern.Matches(value, context))
            {
                return true;
            }
        }

        return false;
    }
}
