using System.Net;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Management;

/// <summary>Whether a call comes from this machine itself: not over the network, and not through a proxy that speaks for somebody else.</summary>
internal static class LocalCaller
{
    // What proxies and CDNs add. An application that rewrites the caller's address from such a header leaves X-Original-… behind.
    private static readonly string[] Prefixes = ["X-Forwarded", "X-Original-", "X-Real-IP", "X-Client-IP", "X-Cluster-Client-IP", "X-Envoy-"];

    private static readonly string[] Names = ["Forwarded", "Via", "Client-IP", "True-Client-IP", "CF-Connecting-IP", "Fastly-Client-IP", "X-ProxyUser-IP"];

    /// <summary>Whether the caller is on this machine and nobody stands between.</summary>
    public static bool Is(HttpContext http)
    {
        if (http.Connection.RemoteIpAddress is not { } address || !IsLoopback(address))
        {
            return false;
        }

        // The address above may be what some middleware believed; the socket knows better.
        if (http.Features.Get<IConnectionEndPointFeature>()?.RemoteEndPoint is IPEndPoint peer && !IsLoopback(peer.Address))
        {
            return false;
        }

        foreach (var (name, _) in http.Request.Headers)
        {
            if (Array.Exists(Names, known => name.Equals(known, StringComparison.OrdinalIgnoreCase))
                || Array.Exists(Prefixes, prefix => name.StartsWith(prefix, StringComparison.OrdinalIgnoreCase)))
            {
                return false;
            }
        }

        return true;
    }

    private static bool IsLoopback(IPAddress address) => IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
