using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace RealtimeGateway.Load.Sockets;

/// <summary>Where connections go and which local addresses they come from. Made once, after the host was found to be loopback or allowed.</summary>
internal sealed class Target
{
    private readonly byte[][] _sources;

    private Target(Uri uri, IPAddress address, byte[][] sources, bool acceptAnyCertificate)
    {
        Uri = uri;
        Address = Serialize(new IPEndPoint(address, uri.Port));
        _sources = sources;
        TlsHost = uri.Scheme is "wss" or "https" ? uri.IdnHost : null;
        AcceptAnyCertificate = acceptAnyCertificate;
    }

    public Uri Uri { get; }

    /// <summary>The native <c>sockaddr</c>.</summary>
    public byte[] Address { get; }

    /// <summary>The name for the certificate check; <see langword="null"/> means no TLS.</summary>
    public string? TlsHost { get; }

    public bool AcceptAnyCertificate { get; }

    /// <summary>The number of local addresses in use; 1 when the kernel chooses.</summary>
    public int SourceCount => Math.Max(1, _sources.Length);

    /// <summary>The local <c>sockaddr</c> of the connection with this index; <see langword="null"/> lets the kernel choose.</summary>
    public byte[]? SourceFor(int index) => _sources.Length == 0 ? null : _sources[index % _sources.Length];

    /// <summary>Resolves the host and plans the source addresses for <paramref name="connections"/> connections; at least <paramref name="minSources"/>.</summary>
    /// <exception cref="RefusedException">The host is not this machine and <paramref name="allowRemote"/> is false, or there are too few ports.</exception>
    public static Target Resolve(Uri uri, int connections, bool allowRemote, bool acceptAnyCertificate, int minSources = 1)
    {
        var addresses = AddressesOf(uri.DnsSafeHost);
        if (!allowRemote && Array.Find(addresses, static a => !IPAddress.IsLoopback(a)) is { } remote)
        {
            throw new RefusedException(
                $"'{uri.Host}' is {remote}, which is not this machine. Load goes to loopback only, unless --allow-remote says that the target is yours to load.");
        }

        var address = Array.Find(addresses, static a => a.AddressFamily == AddressFamily.InterNetwork) ?? addresses[0];
        return new Target(uri, address, PlanSources(address, connections, minSources), acceptAnyCertificate);
    }

    private static IPAddress[] AddressesOf(string host)
    {
        try
        {
            return Dns.GetHostAddresses(host) is { Length: > 0 } addresses ? addresses : throw new RefusedException($"'{host}' has no address.");
        }
        catch (SocketException error)
        {
            throw new RefusedException($"'{host}' has no address: {error.Message}.");
        }
    }

    private static byte[][] PlanSources(IPAddress address, int connections, int minSources)
    {
        var perAddress = PortsPerAddress();
        var count = Math.Max(minSources, (connections + perAddress - 1) / perAddress);
        if (count <= 1)
        {
            return [];
        }

        // All of 127.0.0.0/8 is this machine; ::1 is a single address, and a remote host would not route these back.
        if (address.AddressFamily != AddressFamily.InterNetwork || !IPAddress.IsLoopback(address) || count > 250)
        {
            throw new RefusedException(
                $"{connections:N0} connections to {address} need {count} local addresses ({perAddress:N0} ports each), and only 127.0.0.0/8 has them to spare.");
        }

        return [.. Enumerable.Range(1, count).Select(static i => Serialize(new IPEndPoint(new IPAddress([127, 0, 0, (byte)i]), 0)))];
    }

    private static int PortsPerAddress()
    {
        const string Path = "/proc/sys/net/ipv4/ip_local_port_range";
        var range = File.ReadAllText(Path).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var ports = int.Parse(range[1], CultureInfo.InvariantCulture) - int.Parse(range[0], CultureInfo.InvariantCulture);
        // The search for the last free ports is slow, and others on the machine need some.
        return Math.Max(1, ports * 4 / 5);
    }

    private static byte[] Serialize(IPEndPoint endPoint)
    {
        var address = endPoint.Serialize();
        return address.Buffer.Span[..address.Size].ToArray();
    }
}
