using System.Buffers;
using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.FrontDoor;

/// <summary>
/// The proxies whose word about the client is taken. Their headers are read from the right, where the nearest proxy wrote, and only as long as each hop is trusted:
/// what a client wrote itself stands left of that and is never believed.
/// </summary>
/// <remarks>
/// Either the <c>X-Forwarded-*</c> headers are read or <c>Forwarded</c> (RFC 7239), never both: a proxy that writes the one lets the other through as the client sent it.
/// </remarks>
internal sealed class TrustedProxies
{
    /// <summary>Reads <c>X-Forwarded-For</c>, <c>-Proto</c> and <c>-Host</c>.</summary>
    public const string XForwarded = "X-Forwarded-For";

    /// <summary>Reads <c>Forwarded</c>.</summary>
    public const string Rfc7239 = "Forwarded";

    private const string ProtoHeader = "X-Forwarded-Proto";
    private const string HostHeader = "X-Forwarded-Host";
    private const int MaxHostLength = 255;

    private static readonly SearchValues<char> HostCharacters =
        SearchValues.Create("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._:[]");

    private readonly ImmutableArray<IPNetwork> _networks;
    private readonly bool _isRfc7239;

    private TrustedProxies(ImmutableArray<IPNetwork> networks, bool isRfc7239) => (_networks, _isRfc7239) = (networks, isRfc7239);

    /// <summary>Nobody is trusted: the peer is the client.</summary>
    public static TrustedProxies None { get; } = new([], isRfc7239: false);

    /// <summary>Whether nobody is trusted.</summary>
    public bool IsEmpty => _networks.IsEmpty;

    /// <summary>Makes the list.</summary>
    /// <param name="proxies">Addresses and networks, such as <c>10.0.0.7</c> and <c>10.1.0.0/16</c>.</param>
    /// <param name="header"><see cref="XForwarded"/> or <see cref="Rfc7239"/>.</param>
    /// <param name="trusted">The list; <see cref="None"/> when something is wrong.</param>
    /// <param name="problem">The setting and what is wrong with it.</param>
    public static bool TryCreate(IReadOnlyList<string> proxies, string header, out TrustedProxies trusted, [NotNullWhen(false)] out string? problem)
    {
        trusted = None;
        var networks = ImmutableArray.CreateBuilder<IPNetwork>(proxies.Count);
        for (var i = 0; i < proxies.Count; i++)
        {
            if (!TryParseNetwork(proxies[i], out var network))
            {
                problem = $"TrustedProxies:{i}: '{proxies[i]}' is neither an address nor a network; write for example 10.0.0.7 or 10.1.0.0/16";
                return false;
            }

            networks.Add(network);
        }

        var isRfc7239 = header.Equals(Rfc7239, StringComparison.OrdinalIgnoreCase);
        if (!isRfc7239 && !header.Equals(XForwarded, StringComparison.OrdinalIgnoreCase))
        {
            problem = $"ForwardedHeader: '{header}' is not read; write {XForwarded} or {Rfc7239}";
            return false;
        }

        problem = null;
        trusted = new(networks.DrainToImmutable(), isRfc7239);
        return true;
    }

    /// <summary>Whether an address is a trusted proxy's.</summary>
    public bool Contains(IPAddress address)
    {
        foreach (var network in _networks)
        {
            if (network.Contains(address))
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>The client of a request.</summary>
    /// <param name="peer">Who is at the other end of the socket.</param>
    /// <param name="headers">The request's headers.</param>
    public ForwardedClient Resolve(IPAddress? peer, IHeaderDictionary headers)
    {
        if (peer is null || IsEmpty || !Contains(peer = Plain(peer)))
        {
            return new(peer);
        }

        return _isRfc7239 ? Walk(peer, headers[Rfc7239]) : Walk(peer, headers[XForwarded], headers[ProtoHeader], headers[HostHeader]);
    }

    /// <summary>Makes the request the client's own, as it was before it came to the proxies.</summary>
    public void ApplyTo(HttpContext http)
    {
        if (IsEmpty)
        {
            return;
        }

        var client = Resolve(http.Connection.RemoteIpAddress, http.Request.Headers);
        http.Connection.RemoteIpAddress = client.Address;
        http.Connection.LocalPort = client.PortAt(http.Request.Host.Value) ?? http.Connection.LocalPort;
        if (client.Scheme is { } scheme)
        {
            http.Request.Scheme = scheme;
        }

        if (client.Host is { } host)
        {
            http.Request.Host = new HostString(host);
        }
    }

    private ForwardedClient Walk(IPAddress peer, StringValues addresses, StringValues schemes, StringValues hosts)
    {
        var client = peer;
        var hops = 0;
        var hop = new RightToLeft(addresses);
        while (Contains(client) && hop.MoveNext())
        {
            hops++;
            if (!TryParseNode(hop.Current, out var before))
            {
                // A proxy that does not say whom it speaks for; nothing further left can be vouched for.
                break;
            }

            client = before;
        }

        return new(client, SchemeOf(Pick(schemes, hops)), HostOf(Pick(hosts, hops)));
    }

    private ForwardedClient Walk(IPAddress peer, StringValues elements)
    {
        var client = new ForwardedClient(peer);
        var hop = new RightToLeft(elements);
        while (Contains(client.Address!) && hop.MoveNext())
        {
            var isKnown = TryParseNode(Parameter(hop.Current, "for"), out var before);
            client = new(isKnown ? before : client.Address, SchemeOf(Parameter(hop.Current, "proto")), HostOf(Parameter(hop.Current, "host")));
            if (!isKnown)
            {
                break;
            }
        }

        return client;
    }

    /// <summary>
    /// What the outermost trusted proxy wrote into a list beside <c>X-Forwarded-For</c>: the element at its hop where every proxy appends; the only one where just
    /// one of them writes. Between these nobody can tell whose it is.
    /// </summary>
    private static ReadOnlySpan<char> Pick(StringValues lines, int hops)
    {
        var element = new RightToLeft(lines);
        var count = 0;
        ReadOnlySpan<char> picked = default;
        while (count < Math.Max(hops, 1) && element.MoveNext())
        {
            count++;
            picked = element.Current;
        }

        return count == 1 || count >= hops ? picked : default;
    }

    /// <summary>A parameter of an element of <c>Forwarded</c> (RFC 7239 §4), without its quotes; empty when it is not there.</summary>
    private static ReadOnlySpan<char> Parameter(ReadOnlySpan<char> element, ReadOnlySpan<char> name)
    {
        foreach (var range in element.Split(';'))
        {
            var pair = element[range].Trim(" \t");
            if (pair.Length > name.Length && pair[name.Length] == '=' && pair.StartsWith(name, StringComparison.OrdinalIgnoreCase))
            {
                var value = pair[(name.Length + 1)..];
                return value is ['"', .., '"'] ? value[1..^1] : value;
            }
        }

        return default;
    }

    /// <summary>An address as proxies write it: bare, with a port, in brackets. Nothing that only some parsers take for an address.</summary>
    private static bool TryParseNode(ReadOnlySpan<char> text, [NotNullWhen(true)] out IPAddress? address)
    {
        address = null;
        var colon = text.LastIndexOf(':');
        if (text is ['[', ..])
        {
            var end = text.IndexOf(']');
            if (end < 0 || !IsPort(text[(end + 1)..]) || !text[1..end].Contains(':'))
            {
                return false;
            }

            text = text[1..end];
        }
        else if (colon >= 0 && text.IndexOf(':') == colon)
        {
            if (!IsPort(text[colon..]))
            {
                return false;
            }

            text = text[..colon];
        }

        if (!IPAddress.TryParse(text, out var parsed) || !IsUsual(parsed, text))
        {
            return false;
        }

        address = Plain(parsed);
        return true;
    }

    // "1", "0x7f.1" and "010.0.0.1" are addresses to some and not to others.
    private static bool IsUsual(IPAddress address, ReadOnlySpan<char> text)
    {
        if (address.AddressFamily == AddressFamily.InterNetworkV6)
        {
            return !text.ContainsAny("%[]");
        }

        Span<char> usual = stackalloc char[15];
        return address.TryFormat(usual, out var length) && text.SequenceEqual(usual[..length]);
    }

    private static bool IsPort(ReadOnlySpan<char> text) => text.IsEmpty || (text[0] == ':' && text.Length is > 1 and <= 6 && !text[1..].ContainsAnyExceptInRange('0', '9'));

    private static string? SchemeOf(ReadOnlySpan<char> text) =>
        text.Equals("https", StringComparison.OrdinalIgnoreCase) || text.Equals("wss", StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttps
        : text.Equals("http", StringComparison.OrdinalIgnoreCase) || text.Equals("ws", StringComparison.OrdinalIgnoreCase) ? Uri.UriSchemeHttp
        : null;

    private static string? HostOf(ReadOnlySpan<char> text) => text.Length is > 0 and <= MaxHostLength && !text.ContainsAnyExcept(HostCharacters) ? text.ToString() : null;

    private static bool TryParseNetwork(string text, out IPNetwork network)
    {
        network = default;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        var bare = slash < 0 ? text : text.AsSpan(0, slash);
        if (!IPAddress.TryParse(bare, out var address) || !IsUsual(address, bare))
        {
            return false;
        }

        if (slash >= 0)
        {
            return IPNetwork.TryParse(text, out network);
        }

        address = Plain(address);
        network = new(address, address.AddressFamily == AddressFamily.InterNetwork ? 32 : 128);
        return true;
    }

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
