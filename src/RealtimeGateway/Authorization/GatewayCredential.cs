namespace RealtimeGateway.Authorization;

/// <summary>An access key that requests to the gateway may be signed with.</summary>
public sealed class GatewayCredential
{
    /// <summary>The key's public name: 1 to 128 letters, digits, <c>_</c> and <c>-</c>. It is also the user's name in ARNs.</summary>
    public string AccessKeyId { get; set; } = "";

    /// <summary>The key's secret.</summary>
    public string SecretAccessKey { get; set; } = "";

    /// <summary>The token that requests must carry as well, as those with temporary credentials do. Default: none is asked for.</summary>
    public string? SessionToken { get; set; }

    /// <summary>
    /// What the key may do: an IAM policy as JSON, about <c>execute-api:ManageConnections</c> and <c>execute-api:Invoke</c>. Default: everything.
    /// See https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-control-access-iam.html.
    /// </summary>
    public string? Policy { get; set; }
}
