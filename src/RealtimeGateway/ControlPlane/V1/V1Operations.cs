using System.Collections.Immutable;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.ControlPlane.V2;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.ControlPlane.V1;

/// <summary>Every operation of apigateway; of those that are about REST APIs the gateway has none, and says so.</summary>
internal static class V1Operations
{
    private const string TagsPath = "/tags/{resource-arn}";

    /// <summary>The first segments of its paths.</summary>
    public static ImmutableArray<string> Roots { get; } =
    [
        "account", "apikeys", "clientcertificates", "domainnameaccessassociations", "domainnames", "rejectdomainnameaccessassociations", "restapis",
        "sdktypes", "tags", "usageplans", "vpclinks",
    ];

    /// <summary>The operations.</summary>
    /// <param name="findUsage">What a key has used of a plan, by plan and key.</param>
    public static IEnumerable<Operation> All(Func<string, string, KeyUsage?> findUsage) =>
    [
        .. ApiKeyOperations.All,
        .. UsagePlanOperations.All,
        .. new UsagePlanKeyOperations(findUsage).All,
        .. AccountOperations.All,
        .. TagOperations,
        .. V1Unsupported.All,
    ];

    /// <summary>Tags are the same as in apigatewayv2, but set by PUT, and the answer to that is empty.</summary>
    private static IEnumerable<Operation> TagOperations => Tags.Operations.Select(operation => operation.Name == "TagResource"
        ? new Operation(operation.Name, HttpMethods.Put, TagsPath, (state, call) =>
            operation.Decide!(state, call) is var decision && decision.Reply.ErrorType is null
                ? decision with { Reply = Reply.Empty(StatusCodes.Status204NoContent) }
                : decision)
        : new Operation(operation.Name, operation.Method, TagsPath, operation.Decide));
}
