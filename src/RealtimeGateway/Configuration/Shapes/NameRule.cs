using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace RealtimeGateway.Configuration.Shapes;

/// <summary>What names are possible in a mapping whose names the operator chooses.</summary>
/// <param name="noun">What is named, with its article: "a stage name".</param>
/// <param name="pattern">All possible names, as a regular expression that .NET and JSON Schema read alike.</param>
/// <param name="advice">The rule in words.</param>
internal sealed class NameRule(string noun, string pattern, string advice)
{
    // Not "$", which lets a line break follow.
    private readonly Regex _regex = new($@"^(?:{pattern})\z", RegexOptions.CultureInvariant);

    public bool Allows(string name) => _regex.IsMatch(name);

    public string Complaint(string written) => $"'{written}' is not {noun}; use {advice}";

    public JsonObject Schema() => new() { ["pattern"] = $"^(?:{pattern})$" };
}
