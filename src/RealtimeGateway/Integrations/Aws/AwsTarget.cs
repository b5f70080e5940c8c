namespace RealtimeGateway.Integrations.Aws;

/// <summary>Where and as whom a request to AWS goes.</summary>
/// <param name="Service">The service's signing name, such as <c>lambda</c>.</param>
/// <param name="Region">The region.</param>
/// <param name="RoleArn">The role to assume; null: the gateway's own credentials.</param>
/// <param name="MayBeUnsigned">Whether the endpoint was configured, so that it may be an emulator that needs no credentials.</param>
/// <param name="Timeout">The time for the whole call.</param>
/// <param name="MaxResponseBytes">The largest answer taken.</param>
internal sealed record AwsTarget(string Service, string Region, string? RoleArn, bool MayBeUnsigned, TimeSpan Timeout, long MaxResponseBytes);
