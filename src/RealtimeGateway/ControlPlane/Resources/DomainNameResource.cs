using System.Collections.Immutable;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>A host that clients use instead of the gateway's own (https://docs.aws.amazon.com/apigatewayv2/latest/api-reference/domainnames-domainname.html).</summary>
internal sealed record DomainNameResource : Resource, ITagged
{
    public string? ApiMappingSelectionExpression { get; init; }

    public required string DomainName { get; init; }

    /// <summary>Made when it is shown, since it names the caller's region; not stored.</summary>
    public string? DomainNameArn { get; init; }

    public ImmutableArray<DomainNameConfiguration>? DomainNameConfigurations { get; init; }

    public MutualTls? MutualTlsAuthentication { get; init; }

    public string? RoutingMode { get; init; }

    public ImmutableSortedDictionary<string, string>? Tags { get; init; }

    /// <inheritdoc/>
    protected override string OwnId => DomainName;

    /// <inheritdoc/>
    public Resource WithTags(ImmutableSortedDictionary<string, string> tags) => this with { Tags = tags };
}

/// <summary>How a domain is reached. Kept as it is said: TLS is a setting of the gateway's listeners.</summary>
internal sealed record DomainNameConfiguration
{
    public string? ApiGatewayDomainName { get; init; }

    public string? CertificateArn { get; init; }

    public string? CertificateName { get; init; }

    public string? DomainNameStatus { get; init; }

    public string? EndpointType { get; init; }

    public string? HostedZoneId { get; init; }

    public string? IpAddressType { get; init; }

    public string? OwnershipVerificationCertificateArn { get; init; }

    public string? SecurityPolicy { get; init; }
}

/// <summary>Which clients' certificates are trusted.</summary>
internal sealed record MutualTls
{
    public string? TruststoreUri { get; init; }

    public string? TruststoreVersion { get; init; }
}
