namespace RealtimeGateway.Authorization.Policies;

/// <summary>How the decisions of several policies become one.</summary>
internal static class PolicyDecisionExtensions
{
    /// <summary>The union of two policies of one principal: a denial wins, then a permission.</summary>
    public static PolicyDecision Or(this PolicyDecision left, PolicyDecision right) => left > right ? left : right;
}
