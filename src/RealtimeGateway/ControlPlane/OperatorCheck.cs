using System.Net;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Authorization;
using RealtimeGateway.Authorization.Policies;
using RealtimeGateway.ControlPlane.Wire;
using RealtimeGateway.Management;
using RealtimeGateway.Signing;

namespace RealtimeGateway.ControlPlane;

/// <summary>
/// Checks who operates the gateway: a bearer token, or a signature (service <c>apigateway</c>, any region) of a key whose policy allows
/// <c>apigateway:GET</c>, <c>POST</c>, <c>PUT</c>, <c>PATCH</c> or <c>DELETE</c> on <c>arn:aws:apigateway:{region}::/apis/…</c>
/// (https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonapigatewaymanagementv2.html). Where no key and no token is configured, only a
/// caller on this machine, and no page of another site that this machine's browser shows.
/// </summary>
internal sealed class OperatorCheck(GatewayAccess access, TimeProvider time)
{
    /// <summary>The largest body that is read to check its signature, in bytes.</summary>
    public const int MaxBodyBytes = 6 * 1024 * 1024;

    /// <summary>Lets only operators through.</summary>
    /// <param name="next">What they want.</param>
    /// <param name="refuse">Writes the answer to others.</param>
    public RequestDelegate Guard(RequestDelegate next, Func<HttpContext, ControlPlaneError, Task> refuse) => async http =>
    {
        if (await CheckAsync(http, access.OperatorSignatures, CheckPolicy) is { } error)
        {
            await refuse(http, error);
        }
        else
        {
            await next(http);
        }
    };

    /// <summary>Why a call is refused; null: it may go on. A body that had to be read can be read again.</summary>
    public Task<ControlPlaneError?> CheckAsync(HttpContext http) => CheckAsync(http, access.OperatorSignatures, CheckPolicy);

    /// <summary>As <see cref="CheckAsync(HttpContext)"/>, for the service <c>sts</c>, which everybody with a key may ask who they are.</summary>
    /// <returns>What is wrong, and the key that has signed; null for callers without one.</returns>
    public async Task<(ControlPlaneError? Error, AwsCredential? Key)> IdentifyAsync(HttpContext http)
    {
        AwsCredential? key = null;
        var error = await CheckAsync(http, access.IdentitySignatures, (_, claim) =>
        {
            key = claim.Credential;
            return null;
        });
        return (error, key);
    }

    private async Task<ControlPlaneError?> CheckAsync(HttpContext http, SigV4Verifier signatures, Func<HttpContext, SigV4Claim, ControlPlaneError?> checkPolicy)
    {
        if (!access.HasCredentials)
        {
            return LocalCaller.Is(http) && IsOwnSite(http.Request)
                ? null
                : Unauthorized("Without access keys the gateway is operated only from its own machine. Configure Gateway:Credentials or Gateway:BearerTokens.");
        }

        if (http.Request.Headers.Authorization is [var only] && access.HasBearerToken(only))
        {
            return null;
        }

        var outcome = signatures.Begin(http.Request, out var claim);
        if (outcome != SigV4Outcome.BodyPending)
        {
            return Unauthorized(SigV4Refusal.Of(outcome).Message);
        }

        if (await ReadBodyAsync(http) is not { } body)
        {
            return new ControlPlaneError(StatusCodes.Status413PayloadTooLarge, "RequestEntityTooLargeException", $"The body has more than {MaxBodyBytes} bytes.");
        }

        http.Request.Body = body;
        outcome = signatures.Complete(http.Request, claim, body.GetBuffer().AsSpan(0, (int)body.Length));
        return outcome == SigV4Outcome.Verified ? checkPolicy(http, claim) : Unauthorized(SigV4Refusal.Of(outcome).Message);
    }

    private ControlPlaneError? CheckPolicy(HttpContext http, SigV4Claim claim)
    {
        var address = http.Connection.RemoteIpAddress is { IsIPv4MappedToIPv6: true } mapped ? mapped.MapToIPv4() : http.Connection.RemoteIpAddress;
        var refusal = access.Check(
            claim.Credential,
            $"apigateway:{http.Request.Method}",
            ResourceArn(ControlPlaneEndpoint.RawPath(http), claim.Region.ToString()),
            PolicyContext.OfRequest(address, http.Request.IsHttps, time.GetUtcNow()));
        return refusal is null ? null : new ControlPlaneError(StatusCodes.Status403Forbidden, refusal.ErrorType, refusal.Message);
    }

    /// <summary>What a policy speaks of: the path that the operation is found by, without the version.</summary>
    internal static string ResourceArn(string rawPath, string region)
    {
        // Decoded as the operation's own look-up does it, so that no other spelling of a path gets round a policy.
        var segments = rawPath.Trim('/').Split('/').Select(static segment => Uri.UnescapeDataString(segment).Replace("/", "%2F", StringComparison.Ordinal)).ToArray();
        return $"arn:aws:apigateway:{region}::/{string.Join('/', segments is ["v2", ..] ? segments[1..] : segments)}";
    }

    /// <summary>
    /// Whether a call is not what a page of some other site makes a browser on this machine send: such a page is told by its origin, or has made its own
    /// name mean this machine.
    /// </summary>
    private static bool IsOwnSite(HttpRequest request)
    {
        var host = request.Host.Host.Trim('[', ']');
        var isOwnName = host.Equals("localhost", StringComparison.OrdinalIgnoreCase)
            || host.EndsWith(".localhost", StringComparison.OrdinalIgnoreCase)
            || (IPAddress.TryParse(host, out var address) && IPAddress.IsLoopback(address));
        var origin = request.Headers.Origin;
        return isOwnName && (origin.Count == 0 || origin == $"{request.Scheme}://{request.Host.Value}");
    }

    private static async Task<MemoryStream?> ReadBodyAsync(HttpContext http)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 * 1024];
        while (await http.Request.Body.ReadAsync(buffer, http.RequestAborted) is > 0 and var count)
        {
            if (body.Length + count > MaxBodyBytes)
            {
                return null;
            }

            body.Write(buffer, 0, count);
        }

        body.Position = 0;
        return body;
    }

    private static ControlPlaneError Unauthorized(string message) => new(StatusCodes.Status401Unauthorized, "UnauthorizedException", message);
}
