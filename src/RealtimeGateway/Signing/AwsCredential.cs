namespace RealtimeGateway.Signing;

/// <summary>An AWS access key: what requests are signed with, and what callers of this gateway are known by.</summary>
/// <remarks>A class and not a record, so that no generated text ever prints the secret.</remarks>
internal sealed class AwsCredential
{
    /// <summary>Makes a credential; a session token belongs to temporary keys only.</summary>
    public AwsCredential(string accessKeyId, string secretAccessKey, string? sessionToken = null)
    {
        ArgumentException.ThrowIfNullOrEmpty(accessKeyId);
        ArgumentException.ThrowIfNullOrEmpty(secretAccessKey);
        AccessKeyId = accessKeyId;
        SecretAccessKey = secretAccessKey;
        SessionToken = string.IsNullOrEmpty(sessionToken) ? null : sessionToken;
    }

    /// <summary>The public half, at most 128 characters on AWS.</summary>
    public string AccessKeyId { get; }

    /// <summary>The secret half. Never logged.</summary>
    public string SecretAccessKey { get; }

    /// <summary>The token of temporary credentials; <see langword="null"/> for long-term keys. Never logged.</summary>
    public string? SessionToken { get; }

    /// <summary>The access key id alone.</summary>
    public override string ToString() => AccessKeyId;
}
