using System.Collections.Immutable;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Resources;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Hosts that clients use instead of the gateway's own. Certificates are kept as they are said; TLS is a setting of the listener.</summary>
internal sealed partial class DomainNameKind : ResourceKind<DomainNameResource>
{
    private static readonly Shape Configuration = Shape.Object(
        new("certificateArn", Shape.Text(1, 2048)),
        new("certificateName", Shape.Text(1, 128)),
        new("endpointType", Shape.OneOf("REGIONAL", "EDGE")),
        new("ipAddressType", Shape.OneOf("ipv4", "dualstack")),
        new("ownershipVerificationCertificateArn", Shape.Text(1, 2048)),
        new("securityPolicy", Shape.OneOf("TLS_1_0", "TLS_1_2")));

    /// <inheritdoc/>
    protected override string Name => "DomainName";

    /// <inheritdoc/>
    protected override string CollectionPath => "/v2/domainnames";

    /// <inheritdoc/>
    protected override string IdVariable => "domainName";

    /// <inheritdoc/>
    protected override JsonTypeInfo<DomainNameResource> Json => ResourceJson.Default.DomainNameResource;

    /// <inheritdoc/>
    protected override ImmutableArray<Member> Members { get; } =
    [
        new("domainName", Shape.Text(1, 253, Host(), "must be a host name of at least two labels in lower case, of which the first may be *"), IsRequired: true),
        new("domainNameConfigurations", Shape.List(Configuration, 2)),
        new("mutualTlsAuthentication", Shape.Object(
            new Member("truststoreUri", Shape.Text(1, 2048)), new Member("truststoreVersion", Shape.Text(1, 64)))),
        new("routingMode", Shape.OneOf("API_MAPPING_ONLY")),
        new("tags", Tags.Shape),
    ];

    /// <summary>Finds the domain that a call is about.</summary>
    public static ControlPlaneError? TryFind(ControlPlaneState state, ControlPlaneCall call, out DomainNameResource domain)
    {
        domain = state.Find<DomainNameResource>(Collections.Domains, call["domainName"])!;
        return domain is null ? ControlPlaneError.NotFound("DomainName", call["domainName"]) : null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? TryFindCollection(ControlPlaneState state, ControlPlaneCall call, out string collection)
    {
        collection = Collections.Domains;
        return null;
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? CheckRequest(ControlPlaneState state, ControlPlaneCall call)
    {
        var isNew = !call.Path.ContainsKey(IdVariable);
        if (isNew && state.Find<DomainNameResource>(Collections.Domains, call.Body["domainName"]!.GetValue<string>()) is not null)
        {
            return ControlPlaneError.Conflict("The domain name you provided already exists.");
        }

        if (!isNew && call.Body["domainName"] is { } name && name.ToString() != call[IdVariable])
        {
            return ControlPlaneError.BadRequest("A domain name cannot be renamed.");
        }

        return call.Body["mutualTlsAuthentication"] is JsonObject { Count: > 0 } tls && tls["truststoreUri"]?.ToString().Length > 0
            ? ControlPlaneError.BadRequest("mutualTlsAuthentication is not supported: ask for client certificates in the settings of the listener.")
            : null;
    }

    /// <inheritdoc/>
    protected override void Complete(ControlPlaneState state, ControlPlaneCall call, JsonObject draft)
    {
        draft["apiMappingSelectionExpression"] = "$request.basepath";
        draft.TryAdd("routingMode", "API_MAPPING_ONLY");
        draft.TryAdd("domainNameConfigurations", new JsonArray());
        draft.TryAdd("tags", new JsonObject());
    }

    /// <inheritdoc/>
    protected override ControlPlaneError? Check(ControlPlaneState state, ControlPlaneCall call, DomainNameResource candidate, DomainNameResource? before) => null;

    /// <inheritdoc/>
    protected override DomainNameResource Present(ControlPlaneCall call, DomainNameResource resource)
    {
        ImmutableArray<DomainNameConfiguration> configurations = resource.DomainNameConfigurations is { IsEmpty: false } said ? said : [new()];
        return resource with
        {
            DomainNameArn = $"arn:aws:apigateway:{call.Region}::/domainnames/{resource.DomainName}",
            DomainNameConfigurations = [.. configurations.Select(configuration => configuration with
            {
                ApiGatewayDomainName = $"d-{AuthoredResources.IdOf(Collections.Domains, resource.DomainName)}.execute-api.{call.Region}.amazonaws.com",
                DomainNameStatus = "AVAILABLE",
                EndpointType = configuration.EndpointType ?? "REGIONAL",
                HostedZoneId = "Z0000000000000",
                IpAddressType = configuration.IpAddressType ?? "ipv4",
                SecurityPolicy = configuration.SecurityPolicy ?? "TLS_1_2",
            })],
        };
    }

    [GeneratedRegex(@"^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$", RegexOptions.CultureInvariant)]
    private static partial Regex Host();
}
