using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization.Policies;

namespace RealtimeGateway.Authorization;

/// <summary>Says everything that is wrong with the access settings, in the names that operators write. Secrets are never repeated.</summary>
internal sealed partial class GatewayAccessValidation(IConfiguration configuration) : IValidateOptions<GatewayAccessOptions>
{
    /// <summary>Shorter ones can be guessed.</summary>
    private const int MinTokenLength = 16;

    /// <inheritdoc/>
    public ValidateOptionsResult Validate(string? name, GatewayAccessOptions options)
    {
        var problems = new List<string>();
        if (!AccountId().IsMatch(options.AccountId))
        {
            problems.Add($"{GatewayAccessOptions.Section}:AccountId must be 12 digits.");
        }

        if (options.Region is { } region && !Region().IsMatch(region))
        {
            problems.Add($"{GatewayAccessOptions.Section}:Region must be a region's name, such as eu-central-1.");
        }

        CheckIsList(nameof(options.Credentials), "Credentials:0:AccessKeyId and so on", problems);
        CheckIsList(nameof(options.BearerTokens), "BearerTokens:0", problems);
        CheckCredentials(options, problems);
        for (var i = 0; i < options.BearerTokens.Count; i++)
        {
            if (options.BearerTokens[i] is not { Length: >= MinTokenLength } token || !BearerToken().IsMatch(token))
            {
                problems.Add($"{GatewayAccessOptions.Section}:BearerTokens:{i} must be at least {MinTokenLength} letters, digits and -._~+/, then perhaps =.");
            }
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    /// <summary>A list that is written as one value binds to nothing, and the operator would believe that keys are asked for.</summary>
    private void CheckIsList(string member, string example, List<string> problems)
    {
        if (!string.IsNullOrEmpty(configuration.GetSection(GatewayAccessOptions.Section)[member]))
        {
            problems.Add($"{GatewayAccessOptions.Section}:{member} is a list; write {GatewayAccessOptions.Section}:{example}.");
        }
    }

    private static void CheckCredentials(GatewayAccessOptions options, List<string> problems)
    {
        var ids = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < options.Credentials.Count; i++)
        {
            var credential = options.Credentials[i];
            var at = $"{GatewayAccessOptions.Section}:Credentials:{i}";
            if (!AccessKeyId().IsMatch(credential.AccessKeyId))
            {
                problems.Add($"{at}:AccessKeyId must be 1 to 128 letters, digits, '_' and '-'.");
            }
            else if (!ids.Add(credential.AccessKeyId))
            {
                problems.Add($"{at}:AccessKeyId is there twice; each key needs its own.");
            }

            if (string.IsNullOrWhiteSpace(credential.SecretAccessKey))
            {
                problems.Add($"{at}:SecretAccessKey is missing.");
            }

            if (credential.Policy is { Length: > 0 } policy && !PolicyDocument.TryParse(Encoding.UTF8.GetBytes(policy), out _, out var error))
            {
                problems.Add($"{at}:Policy is no IAM policy: {error}");
            }
        }
    }

    [GeneratedRegex(@"^[0-9]{12}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccountId();

    [GeneratedRegex(@"^[a-z0-9]+(-[a-z0-9]+)*\z", RegexOptions.CultureInvariant)]
    private static partial Regex Region();

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,128}\z", RegexOptions.CultureInvariant)]
    private static partial Regex AccessKeyId();

    [GeneratedRegex(@"^[A-Za-z0-9._~+/-]+=*\z", RegexOptions.CultureInvariant)]
    private static partial Regex BearerToken();
}
