using System.Globalization;

namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>Starts the hand-written program, with the runtime's own scheduling or with everything inline.</summary>
internal sealed class Floors(SuiteOptions options)
{
    public const string Name = "floor";

    public const string InlineName = "floor, inline";

    // Completions run on the thread that waits for epoll, and idle pool threads sleep at once instead of spinning.
    private static readonly Dictionary<string, string> InlineEnvironment = new()
    {
        ["DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS"] = "1",
        ["DOTNET_ThreadPool_UnfairSemaphoreSpinLimit"] = "0",
    };

    public Subject Start(bool isInline = false, Uri? backEnd = null, Certificate? certificate = null)
    {
        List<string> arguments = ["--urls", $"{(certificate is null ? "http" : "https")}://127.0.0.1:0", "--inline", isInline.ToString()];
        if (backEnd is not null)
        {
            arguments.AddRange(["--back-end", new Uri(backEnd, "echo").ToString()]);
        }

        if (certificate is not null)
        {
            arguments.AddRange(["--Kestrel:Certificates:Default:Path", certificate.File, "--Kestrel:Certificates:Default:KeyPath", certificate.KeyFile]);
        }

        var (process, url) = ServerProcess.Start(options.Floors, arguments, Listening, isInline ? InlineEnvironment : null);
        var socket = new UriBuilder(url) { Scheme = certificate is null ? "ws" : "wss" }.Uri;
        return new Subject(isInline ? InlineName : Name, [process], socket, url, new Uri(url, "broadcast"));
    }

    /// <summary>"PID URL", the one line that the program, and the peer on Node, print.</summary>
    public static Uri? Listening(IReadOnlyList<string> lines) =>
        lines.Select(static line => line.Split(' ')).FirstOrDefault(static parts =>
            parts.Length == 2 && int.TryParse(parts[0], CultureInfo.InvariantCulture, out _) && parts[1].StartsWith("http", StringComparison.Ordinal)) is { } found
            ? new Uri(found[1])
            : null;
}
