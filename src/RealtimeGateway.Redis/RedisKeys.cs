using System.Globalization;

namespace RealtimeGateway.Redis;

/// <summary>
/// The names of everything the gateway keeps in Redis. What one script touches shares a hash tag, the part in braces, so that a cluster keeps it in one
/// slot (https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags). docs/operations.md lists them for operators.
/// </summary>
internal sealed class RedisKeys
{
    /// <summary>The longest prefix.</summary>
    public const int MaxPrefixLength = 64;

    /// <summary>Makes the names of one fleet.</summary>
    /// <param name="prefix">Sets fleets that share a Redis apart; see <see cref="IsPrefix"/>.</param>
    public RedisKeys(string prefix)
    {
        if (!IsPrefix(prefix))
        {
            throw new ArgumentException(
                $"A key prefix has 1 to {MaxPrefixLength} letters, digits, '.', '_' or '-'; '{prefix}' is none.", nameof(prefix));
        }

        Prefix = prefix;
        Fleet = $"{{{prefix}}}:";
        Nodes = $"{Fleet}nodes";
        StoreState = $"{{{prefix}:store}}:state";
        StoreTokens = $"{{{prefix}:store}}:tokens";
        StoreRevisions = $"{{{prefix}:store}}:revisions";
        StoreDocuments = $"{{{prefix}:store}}:documents";
        StoreChanged = $"{{{prefix}:store}}:changed";
        Limits = $"{{{prefix}:limits}}:";
    }

    /// <summary>What all names begin with, inside their braces.</summary>
    public string Prefix { get; }

    /// <summary>The start of the keys of membership: <c>epoch</c>, <c>lease:{node}</c>, <c>tomb:{node}</c>, <c>reaper:{node}</c>.</summary>
    public string Fleet { get; }

    /// <summary>Hash: the nodes, and what they last said of themselves.</summary>
    public string Nodes { get; }

    /// <summary>Hash: the revision of the control plane's store, and a token that names the write that made it.</summary>
    public string StoreState { get; }

    /// <summary>Hash: the tokens of the last revisions, which tell a forked history.</summary>
    public string StoreTokens { get; }

    /// <summary>Hash: each document's revision.</summary>
    public string StoreRevisions { get; }

    /// <summary>Hash: the documents.</summary>
    public string StoreDocuments { get; }

    /// <summary>Channel: the store has changed.</summary>
    public string StoreChanged { get; }

    /// <summary>The start of the keys of throttles and quotas.</summary>
    public string Limits { get; }

    /// <summary>Whether a text can be a prefix.</summary>
    public static bool IsPrefix(string? text) =>
        text is { Length: > 0 and <= MaxPrefixLength } && text.All(static c => char.IsAsciiLetterOrDigit(c) || c is '.' or '_' or '-');

    /// <summary>A node as it is written in names.</summary>
    public static string Node(uint incarnation) => incarnation.ToString("x8", CultureInfo.InvariantCulture);

    /// <summary>Hash: the records of a node's connections.</summary>
    public string Records(uint incarnation) => $"{{{Prefix}:{Node(incarnation)}}}:records";

    /// <summary>Channel: what is sent to a node.</summary>
    public string Bus(uint incarnation) => $"{{{Prefix}:{Node(incarnation)}}}:bus";
}
