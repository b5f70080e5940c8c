using System.Net;

namespace RealtimeGateway.Connections;

/// <summary>How a peer's address is printed in events and logs.</summary>
internal static class SourceAddress
{
    /// <summary>The address; that of an IPv4 peer of a socket for both is IPv4's.</summary>
    public static string Print(IPAddress? address) => address switch
    {
        null => "",
        { IsIPv4MappedToIPv6: true } => address.MapToIPv4().ToString(),
        _ => address.ToString(),
    };
}
