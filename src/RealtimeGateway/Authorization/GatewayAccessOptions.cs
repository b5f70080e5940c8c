namespace RealtimeGateway.Authorization;

/// <summary>
/// Who may call @connections and connect to <c>AWS_IAM</c> routes, and under which account. Bound from the section <c>Gateway</c> of the
/// application's configuration, for example <c>Gateway:Credentials:0:AccessKeyId</c>; checked when the application starts.
/// </summary>
public sealed class GatewayAccessOptions
{
    /// <summary>The section of the application's configuration.</summary>
    public const string Section = "Gateway";

    /// <summary>The account in ARNs and in the events of signed callers: 12 digits. Default <c>000000000000</c>.</summary>
    public string AccountId { get; set; } = "000000000000";

    /// <summary>
    /// The region in ARNs, and the only one that requests may be signed for. Default none: ARNs then say <c>us-east-1</c> and a signature for any
    /// region is taken.
    /// </summary>
    public string? Region { get; set; }

    /// <summary>
    /// The access keys that requests may be signed with (AWS Signature Version 4). Without any, and without <see cref="BearerTokens"/>, @connections
    /// answers only callers on the same machine that come without a proxy.
    /// </summary>
    public IList<GatewayCredential> Credentials { get; } = [];

    /// <summary>
    /// Secrets that callers of @connections may send as <c>Authorization: Bearer {token}</c> instead of a signature; they may do everything there. At
    /// least 16 of the characters that RFC 6750 §2.1 allows: letters, digits and <c>-._~+/</c>, then perhaps <c>=</c>.
    /// </summary>
    public IList<string> BearerTokens { get; } = [];
}
