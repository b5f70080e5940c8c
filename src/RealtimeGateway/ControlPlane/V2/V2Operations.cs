using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.Wire;

namespace RealtimeGateway.ControlPlane.V2;

/// <summary>Every operation of apigatewayv2, also those that the gateway does not have, so that they can say so by name.</summary>
internal static class V2Operations
{
    private const string Portal = "/v2/portals";
    private const string Product = "/v2/portalproducts";
    private const string Page = $"{Product}/{{portalProductId}}/productpages";
    private const string RestPage = $"{Product}/{{portalProductId}}/productrestendpointpages";
    private const string Rule = "/v2/domainnames/{domainName}/routingrules";

    /// <summary>The operations.</summary>
    public static IEnumerable<Operation> All =>
    [
        .. new ApiKind().Operations,
        .. new RouteKind().Operations,
        .. new RouteResponseKind().Operations,
        .. new IntegrationKind().Operations,
        .. new IntegrationResponseKind().Operations,
        .. new ModelKind().Operations,
        .. new AuthorizerKind().Operations,
        .. new DeploymentKind().Operations,
        .. new StageKind().Operations,
        .. new DomainNameKind().Operations,
        .. new ApiMappingKind().Operations,
        .. new VpcLinkKind().Operations,
        .. Tags.Operations,
        .. Unsupported.Select(operation => new Operation(operation.Name, operation.Method, operation.Path, Decide: null)),
    ];

    private static IEnumerable<(string Name, string Method, string Path)> Unsupported =>
    [
        ("ImportApi", HttpMethods.Put, "/v2/apis"),
        ("ReimportApi", HttpMethods.Put, "/v2/apis/{apiId}"),
        ("ExportApi", HttpMethods.Get, "/v2/apis/{apiId}/exports/{specification}"),
        ("DeleteCorsConfiguration", HttpMethods.Delete, "/v2/apis/{apiId}/cors"),
        ("CreateRoutingRule", HttpMethods.Post, Rule),
        ("ListRoutingRules", HttpMethods.Get, Rule),
        ("GetRoutingRule", HttpMethods.Get, $"{Rule}/{{routingRuleId}}"),
        ("PutRoutingRule", HttpMethods.Put, $"{Rule}/{{routingRuleId}}"),
        ("DeleteRoutingRule", HttpMethods.Delete, $"{Rule}/{{routingRuleId}}"),
        ("CreatePortal", HttpMethods.Post, Portal),
        ("ListPortals", HttpMethods.Get, Portal),
        ("GetPortal", HttpMethods.Get, $"{Portal}/{{portalId}}"),
        ("UpdatePortal", HttpMethods.Patch, $"{Portal}/{{portalId}}"),
        ("DeletePortal", HttpMethods.Delete, $"{Portal}/{{portalId}}"),
        ("PublishPortal", HttpMethods.Post, $"{Portal}/{{portalId}}/publish"),
        ("DisablePortal", HttpMethods.Delete, $"{Portal}/{{portalId}}/publish"),
        ("PreviewPortal", HttpMethods.Post, $"{Portal}/{{portalId}}/preview"),
        ("CreatePortalProduct", HttpMethods.Post, Product),
        ("ListPortalProducts", HttpMethods.Get, Product),
        ("GetPortalProduct", HttpMethods.Get, $"{Product}/{{portalProductId}}"),
        ("UpdatePortalProduct", HttpMethods.Patch, $"{Product}/{{portalProductId}}"),
        ("DeletePortalProduct", HttpMethods.Delete, $"{Product}/{{portalProductId}}"),
        ("PutPortalProductSharingPolicy", HttpMethods.Put, $"{Product}/{{portalProductId}}/sharingpolicy"),
        ("GetPortalProductSharingPolicy", HttpMethods.Get, $"{Product}/{{portalProductId}}/sharingpolicy"),
        ("DeletePortalProductSharingPolicy", HttpMethods.Delete, $"{Product}/{{portalProductId}}/sharingpolicy"),
        ("CreateProductPage", HttpMethods.Post, Page),
        ("ListProductPages", HttpMethods.Get, Page),
        ("GetProductPage", HttpMethods.Get, $"{Page}/{{productPageId}}"),
        ("UpdateProductPage", HttpMethods.Patch, $"{Page}/{{productPageId}}"),
        ("DeleteProductPage", HttpMethods.Delete, $"{Page}/{{productPageId}}"),
        ("CreateProductRestEndpointPage", HttpMethods.Post, RestPage),
        ("ListProductRestEndpointPages", HttpMethods.Get, RestPage),
        ("GetProductRestEndpointPage", HttpMethods.Get, $"{RestPage}/{{productRestEndpointPageId}}"),
        ("UpdateProductRestEndpointPage", HttpMethods.Patch, $"{RestPage}/{{productRestEndpointPageId}}"),
        ("DeleteProductRestEndpointPage", HttpMethods.Delete, $"{RestPage}/{{productRestEndpointPageId}}"),
    ];
}
