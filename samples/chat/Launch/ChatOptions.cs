using System.Net;
using System.Net.Sockets;
using System.Security.Cryptography;

namespace RealtimeGateway.Samples.Chat.Launch;

/// <summary>The command line.</summary>
internal sealed record ChatOptions
{
    public const string Usage = """
        Usage: Chat [options]

          --url URL        where the page and the back end listen   (http://127.0.0.1:5000; port 0: any free one)
          --data-url URL   where the gateway takes clients          (http://127.0.0.1:8080; port 0: any free one)
          --admin-url URL  where the gateway takes its operators    (http://127.0.0.1:8081; port 0: any free one)
          --gateway URL    use the gateway that runs at this data URL, start none; CHAT_SECRET must then hold
                           the secret with which it signs its calls
          --public-url URL where browsers reach the gateway         (what --data-url or --gateway says; a host of 0.0.0.0
                           stands for the name under which the page was reached)
          --server PATH    the RealtimeGateway.Server.dll to start  (the one built with this sample)

        CHAT_SECRET, when set, is the secret shared by gateway and back end; otherwise each start makes its own.
        CHAT_TOKEN, when set, is sent as bearer token to the gateway's @connections.
        """;

    public required Uri Url { get; init; }

    public required Uri DataUrl { get; init; }

    public required Uri AdminUrl { get; init; }

    /// <summary>Where browsers reach the gateway: not as the back end does when a load balancer stands before it.</summary>
    public required Uri PublicUrl { get; init; }

    public required bool StartsGateway { get; init; }

    public required string? ServerPath { get; init; }

    public required string Secret { get; init; }

    public required string? Token { get; init; }

    /// <summary>The chat's stage, which clients open and under which @connections lives. Without a slash at the end.</summary>
    public Uri StageUrl => new(Reachable(DataUrl, "127.0.0.1"), "chat/prod");

    /// <returns>Null, and then <paramref name="problem"/> says why.</returns>
    public static ChatOptions? Parse(IReadOnlyList<string> args, Func<string, string?> environment, out string? problem)
    {
        var given = new Dictionary<string, string>(StringComparer.Ordinal);
        string[] known = ["--url", "--data-url", "--admin-url", "--gateway", "--public-url", "--server"];
        for (var i = 0; i < args.Count; i += 2)
        {
            if (!known.Contains(args[i]) || i + 1 == args.Count || !given.TryAdd(args[i], args[i + 1]))
            {
                problem = $"Not understood: {args[i]}";
                return null;
            }
        }

        var secret = environment("CHAT_SECRET");
        var startsGateway = !given.TryGetValue("--gateway", out var gateway);
        problem = !startsGateway && string.IsNullOrEmpty(secret) ? "--gateway needs CHAT_SECRET." : null;
        var url = Address("--url", given.GetValueOrDefault("--url", "http://127.0.0.1:5000"), anyPort: false, ref problem);
        var data = Address("--data-url", gateway ?? given.GetValueOrDefault("--data-url", "http://127.0.0.1:8080"), anyPort: true, ref problem);
        var admin = Address("--admin-url", given.GetValueOrDefault("--admin-url", "http://127.0.0.1:8081"), anyPort: true, ref problem);
        var publicUrl = given.TryGetValue("--public-url", out var named) ? Address("--public-url", named, anyPort: false, ref problem) : data;
        return problem is not null ? null : new ChatOptions
        {
            Url = url!,
            DataUrl = data!,
            AdminUrl = admin!,
            PublicUrl = publicUrl!,
            StartsGateway = startsGateway,
            ServerPath = given.GetValueOrDefault("--server"),
            Secret = string.IsNullOrEmpty(secret) ? Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(32)) : secret,
            Token = environment("CHAT_TOKEN"),
        };
    }

    /// <summary>An address to call, for one to listen on: a listener on all interfaces is reached by <paramref name="host"/>.</summary>
    public static Uri Reachable(Uri listening, string host) =>
        listening.Host is "0.0.0.0" or "[::]" ? new UriBuilder(listening) { Host = host }.Uri : listening;

    private static Uri? Address(string option, string value, bool anyPort, ref string? problem)
    {
        if (!Uri.TryCreate(value, UriKind.Absolute, out var address) || address.Scheme is not ("http" or "https") || address.PathAndQuery != "/")
        {
            problem ??= $"{option} takes an address such as http://127.0.0.1:5000, not {value}";
            return null;
        }

        return anyPort && address.Port == 0 ? new UriBuilder(address) { Port = FreePort() }.Uri : address;
    }

    // Both sides must know the gateway's port before it starts, so it cannot be left to the gateway.
    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
