namespace RealtimeGateway.Connections;

/// <summary>Who signed the handshake of an <c>AWS_IAM</c> route.</summary>
/// <param name="AccountId">The account: 12 digits.</param>
/// <param name="AccessKey">The access key's id.</param>
/// <param name="UserArn">The ARN of the key's user.</param>
internal sealed record CallerIdentity(string AccountId, string AccessKey, string UserArn);
