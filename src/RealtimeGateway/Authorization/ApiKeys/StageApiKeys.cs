using System.Collections.Frozen;
using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Authorization.ApiKeys;

/// <summary>The keys that may use one stage. Immutable.</summary>
internal sealed class StageApiKeys
{
    private readonly FrozenDictionary<string, ApiKeyGrant> _byHash;

    /// <summary>Keys by value.</summary>
    public StageApiKeys(IEnumerable<KeyValuePair<string, ApiKeyGrant>> keys) =>
        _byHash = keys.ToFrozenDictionary(static key => Hash(key.Key), static key => key.Value, StringComparer.Ordinal);

    /// <summary>The grant of a key that a client sent; null when there is none for this stage.</summary>
    public ApiKeyGrant? Find(string value) => _byHash.GetValueOrDefault(Hash(value));

    /// <summary>Whether other keys are these, with the same limits, and count in the same place.</summary>
    public bool IsSameAs(StageApiKeys? other) =>
        other is not null
        && other._byHash.Count == _byHash.Count
        && _byHash.All(key => other._byHash.TryGetValue(key.Key, out var grant) && grant == key.Value);

    // Looked up by hash, the time of a lookup tells nothing about how much of a key was right.
    private static string Hash(string value) => Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(value)));
}
