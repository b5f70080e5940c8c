using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Server;

/// <summary>Where a listener listens: a scheme, an IP address or <c>localhost</c> or <c>*</c> (all addresses), and a port (0: any free one).</summary>
internal sealed record ListenUrl(bool IsSecure, string Host, int Port)
{
    /// <summary>The address to listen on; IPv6's any takes IPv4 in as well.</summary>
    public IPAddress Address => Host switch
    {
        "*" or "+" => Socket.OSSupportsIPv6 ? IPAddress.IPv6Any : IPAddress.Any,
        "localhost" => IPAddress.Loopback,
        _ => IPAddress.Parse(Host),
    };

    /// <summary>Whether only this machine can reach it.</summary>
    public bool IsLoopback => IPAddress.IsLoopback(Address);

    /// <summary>Parses <c>http://127.0.0.1:8080</c> and the like.</summary>
    /// <param name="text">The URL.</param>
    /// <param name="url">The result.</param>
    /// <param name="problem">What is wrong and how to mend it.</param>
    public static bool TryParse(string text, [NotNullWhen(true)] out ListenUrl? url, [NotNullWhen(false)] out string? problem)
    {
        url = null;
        problem = $"'{text}' is no URL to listen on; write for example http://127.0.0.1:8080, http://localhost:8080 or https://*:8443";
        if (!TryParseBinding(text, out var binding) || binding.IsUnixPipe || binding.IsNamedPipe || binding.PathBase.Length > 0)
        {
            return false;
        }

        var host = binding.Host.Trim('[', ']').ToLowerInvariant();
        var isSecure = binding.Scheme.Equals(Uri.UriSchemeHttps, StringComparison.OrdinalIgnoreCase);
        if ((!isSecure && !binding.Scheme.Equals(Uri.UriSchemeHttp, StringComparison.OrdinalIgnoreCase)) || binding.Port is < 0 or > IPEndPoint.MaxPort)
        {
            return false;
        }

        if (host is not ("*" or "+" or "localhost") && !IPAddress.TryParse(host, out _))
        {
            problem = $"'{binding.Host}' is neither an IP address of this machine, nor localhost, nor * (all addresses)";
            return false;
        }

        url = new(isSecure, host, binding.Port);
        problem = null;
        return true;
    }

    /// <inheritdoc/>
    public override string ToString() => ToString(Port);

    /// <summary>The URL with the port that was really bound.</summary>
    public string ToString(int port) =>
        string.Create(CultureInfo.InvariantCulture, $"{(IsSecure ? "https" : "http")}://{(Host.Contains(':') ? $"[{Host}]" : Host)}:{port}");

    private static bool TryParseBinding(string text, [NotNullWhen(true)] out BindingAddress? binding)
    {
        try
        {
            binding = BindingAddress.Parse(text);
            return true;
        }
        catch (FormatException)
        {
            binding = null;
            return false;
        }
    }
}
