using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;

namespace RealtimeGateway.Authorization.Policies;

/// <summary>An IP address or a CIDR block (RFC 4632); host bits may be set, as IAM allows. IPv4 in IPv6 counts as IPv4.</summary>
internal sealed class AddressRange
{
    private static readonly SearchValues<char> Ipv4Characters = SearchValues.Create("0123456789.");

    private readonly byte[] _address;
    private readonly int _prefix;

    private AddressRange(byte[] address, int prefix)
    {
        _address = address;
        _prefix = prefix;
    }

    /// <summary>Parses <c>192.0.2.0/24</c>, <c>192.0.2.7</c>, <c>2001:db8::/32</c>.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out AddressRange? range)
    {
        range = null;
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryReadAddress(slash < 0 ? text : text[..slash], out var address))
        {
            return false;
        }

        var prefix = address.Length * 8;
        if (slash >= 0 && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out prefix)
            || prefix > address.Length * 8))
        {
            return false;
        }

        range = new AddressRange(address, prefix);
        return true;
    }

    /// <summary>Whether the address lies inside; <see langword="false"/> when the text is none.</summary>
    public bool Contains(string text)
    {
        if (!TryReadAddress(text, out var address) || address.Length != _address.Length)
        {
            return false;
        }

        var whole = _prefix / 8;
        var mask = (byte)~(0xFF >> (_prefix % 8));
        return address.AsSpan(0, whole).SequenceEqual(_address.AsSpan(0, whole))
            && (mask == 0 || (address[whole] & mask) == (_address[whole] & mask));
    }

    private static bool TryReadAddress(string text, out byte[] address)
    {
        address = [];
        // IPAddress also takes "1", "0x7f.1" and scopes; a policy must not.
        var isPlain = text.Contains(':', StringComparison.Ordinal)
            ? !text.AsSpan().ContainsAny('%', '[', ']')
            : text.AsSpan().Count('.') == 3 && !text.AsSpan().ContainsAnyExcept(Ipv4Characters);
        if (!isPlain || !IPAddress.TryParse(text, out var parsed))
        {
            return false;
        }

        address = (parsed.IsIPv4MappedToIPv6 ? parsed.MapToIPv4() : parsed).GetAddressBytes();
        return true;
    }
}
