using System.Net;

namespace RealtimeGateway.FrontDoor;

/// <summary>The client that proxies speak for, as far as they are trusted.</summary>
/// <param name="Address">The client's address; that of the peer when nobody trusted says otherwise.</param>
/// <param name="Scheme"><c>http</c> or <c>https</c>, as the client used it; null: as the request came.</param>
/// <param name="Host">The host the client asked for, perhaps with a port; null: as the request came.</param>
internal readonly record struct ForwardedClient(IPAddress? Address, string? Scheme = null, string? Host = null)
{
    /// <summary>The port the client reached; null: that of the listener.</summary>
    /// <param name="requestHost">The host of the request, for when the proxies told none.</param>
    public int? PortAt(string? requestHost)
    {
        if (Scheme is null)
        {
            return null;
        }

        var host = Host ?? requestHost ?? "";
        var colon = host.LastIndexOf(':');
        return colon > host.LastIndexOf(']') && ushort.TryParse(host.AsSpan(colon + 1), out var port) ? port : Scheme == Uri.UriSchemeHttps ? 443 : 80;
    }
}
