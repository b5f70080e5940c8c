using System.Collections.ObjectModel;

namespace RealtimeGateway.Authorization.Jwt;

/// <summary>A checked token.</summary>
/// <param name="Outcome">Whether it holds.</param>
/// <param name="Claims">
/// All claims as API Gateway hands them on: strings; an array of plain values as <c>[a b]</c>, objects as JSON. Empty unless it holds.
/// </param>
/// <param name="Scopes">The scopes in the token; empty unless it holds.</param>
internal readonly record struct JwtResult(JwtOutcome Outcome, IReadOnlyDictionary<string, string> Claims, IReadOnlyList<string> Scopes)
{
    /// <summary>A refusal.</summary>
    public static JwtResult Refused(JwtOutcome outcome) => new(outcome, ReadOnlyDictionary<string, string>.Empty, []);
}
