using System.Diagnostics.CodeAnalysis;
using System.Text.Json;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>
/// An identity policy in the language of AWS IAM
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html): configured for access keys, or answered by a
/// Lambda authorizer. Immutable; safe for any number of threads.
/// </summary>
/// <remarks>
/// What is not understood is an error and never skipped: a condition that is skipped would allow too much. So are unknown elements,
/// unknown operators, and <c>Principal</c>, which identity policies cannot have. Patterns run over the whole text of a resource, also over its colons.
/// </remarks>
internal sealed class PolicyDocument
{
    private readonly PolicyStatement[] _statements;

    internal PolicyDocument(PolicyStatement[] statements) => _statements = statements;

    /// <summary>Parses a policy. <paramref name="error"/> says where it is wrong, such as <c>Statement[1].Effect: …</c>.</summary>
    public static bool TryParse(
        ReadOnlyMemory<byte> utf8Json, [NotNullWhen(true)] out PolicyDocument? policy, [NotNullWhen(false)] out string? error)
    {
        policy = null;
        try
        {
            using var document = JsonDocument.Parse(utf8Json, new JsonDocumentOptions { AllowDuplicateProperties = false, MaxDepth = 16 });
            return TryParse(document.RootElement, out policy, out error);
        }
        catch (JsonException exception)
        {
            error = "not JSON: " + exception.Message;
            return false;
        }
    }

    /// <summary>As the other, for a policy inside a larger document.</summary>
    public static bool TryParse(
        JsonElement json, [NotNullWhen(true)] out PolicyDocument? policy, [NotNullWhen(false)] out string? error) =>
        PolicyParser.TryParse(json, out policy, out error);

    /// <summary>Decides: a statement that denies wins, then one that allows.</summary>
    /// <param name="action">Such as <c>execute-api:Invoke</c>; case is ignored.</param>
    /// <param name="resource">An ARN; case counts.</param>
    /// <param name="context">What conditions and variables are about.</param>
    public PolicyDecision Evaluate(ReadOnlySpan<char> action, ReadOnlySpan<char> resource, PolicyContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var decision = PolicyDecision.ImplicitDeny;
        foreach (var statement in _statements)
        {
            // One that allows cannot change anything any more once another did.
            if ((decision == PolicyDecision.Allow && !statement.Denies) || !statement.Applies(action, resource, context))
            {
                continue;
            }

            if (statement.Denies)
            {
                return PolicyDecision.ExplicitDeny;
            }

            decision = PolicyDecision.Allow;
        }

        return decision;
    }
}
