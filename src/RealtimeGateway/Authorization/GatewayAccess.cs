using System.Collections.Frozen;
using System.Collections.Immutable;
using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Options;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.Connections;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Authorization;

/// <summary>The access keys and tokens that this gateway knows, what each may do, and the account they belong to. Immutable.</summary>
internal sealed class GatewayAccess
{
    private const string DefaultRegion = "us-east-1";

    private readonly FrozenDictionary<string, PolicyDocument> _policies;
    private readonly ImmutableArray<byte[]> _tokenHashes;

    /// <summary>Resolves validated settings.</summary>
    public GatewayAccess(IOptions<GatewayAccessOptions> options, TimeProvider time)
    {
        var access = options.Value;
        AccountId = access.AccountId;
        Region = access.Region ?? DefaultRegion;
        AwsCredential[] keys = [.. access.Credentials.Select(static key => new AwsCredential(key.AccessKeyId, key.SecretAccessKey, key.SessionToken))];
        Signatures = new SigV4Verifier(keys, "execute-api", access.Region, time);
        OperatorSignatures = new SigV4Verifier(keys, "apigateway", region: null, time);
        IdentitySignatures = new SigV4Verifier(keys, "sts", region: null, time);
        _policies = access.Credentials.Where(static key => !string.IsNullOrEmpty(key.Policy))
            .ToFrozenDictionary(static key => key.AccessKeyId, static key => Parse(key.Policy!), StringComparer.Ordinal);
        _tokenHashes = [.. access.BearerTokens.Select(static token => Hash(token))];
    }

    /// <summary>The account in ARNs: 12 digits.</summary>
    public string AccountId { get; }

    /// <summary>The region in ARNs.</summary>
    public string Region { get; }

    /// <summary>Checks signatures against the known keys.</summary>
    public SigV4Verifier Signatures { get; }

    /// <summary>Checks signatures of those who operate the gateway. The region is theirs to choose: it stands in ARNs, and nothing else depends on it.</summary>
    public SigV4Verifier OperatorSignatures { get; }

    /// <summary>Checks signatures of those who ask who they are.</summary>
    public SigV4Verifier IdentitySignatures { get; }

    /// <summary>Whether any key or token is known, so that callers must come with one.</summary>
    public bool HasCredentials => Signatures.HasKeys || _tokenHashes.Length > 0;

    /// <summary>Whether an <c>Authorization</c> header holds a known token (RFC 6750 §2.1). Takes as long for a wrong one as for a right one.</summary>
    public bool HasBearerToken(string? authorization)
    {
        const string Scheme = "Bearer ";
        if (_tokenHashes.IsEmpty || authorization?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true)
        {
            return false;
        }

        var hash = Hash(authorization.AsSpan(Scheme.Length).Trim(' '));
        var isKnown = false;
        foreach (var known in _tokenHashes)
        {
            isKnown |= CryptographicOperations.FixedTimeEquals(known, hash);
        }

        return isKnown;
    }

    /// <summary>Who a key is.</summary>
    public CallerIdentity IdentityOf(AwsCredential key) => new(AccountId, key.AccessKeyId, $"arn:aws:iam::{AccountId}:user/{key.AccessKeyId}");

    /// <summary>Why a key may not do something; null when it may.</summary>
    public CallerRefusal? Check(AwsCredential key, string action, string resource, PolicyContext context)
    {
        // A key without a policy of its own may do everything.
        var decision = _policies.TryGetValue(key.AccessKeyId, out var policy) ? policy.Evaluate(action, resource, context) : PolicyDecision.Allow;
        if (decision == PolicyDecision.Allow)
        {
            return null;
        }

        var because = decision == PolicyDecision.ExplicitDeny
            ? "with an explicit deny in an identity-based policy"
            : $"because no identity-based policy allows the {action} action";
        return new CallerRefusal(
            "AccessDeniedException",
            $"User: {IdentityOf(key).UserArn} is not authorized to perform: {action} on resource: {Mask(resource)} {because}",
            HasCapitalMember: true);
    }

    /// <summary>AWS shows only the last four digits of the account.</summary>
    private string Mask(string resource) => resource.Replace($":{AccountId}:", $":********{AccountId[^4..]}:", StringComparison.Ordinal);

    private static PolicyDocument Parse(string text) =>
        PolicyDocument.TryParse(Encoding.UTF8.GetBytes(text), out var policy, out var error) ? policy : throw new UnreachableException(error);

    private static byte[] Hash(ReadOnlySpan<char> token)
    {
        var bytes = new byte[Encoding.UTF8.GetMaxByteCount(token.Length)];
        return SHA256.HashData(bytes.AsSpan(0, Encoding.UTF8.GetBytes(token, bytes)));
    }
}
