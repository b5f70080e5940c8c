using System.Diagnostics;
using System.Net.Sockets;

namespace RealtimeGateway.Samples.Chat.Launch;

/// <summary>The gateway as a child process, through a <see cref="GatewayGuard"/> that ends it when this process ends, however that happens.</summary>
internal sealed class GatewayProcess : IAsyncDisposable
{
    private static readonly TimeSpan StopBudget = TimeSpan.FromSeconds(15);

    private readonly Process _guard;

    private GatewayProcess(Process guard)
    {
        _guard = guard;
        Exited = guard.WaitForExitAsync(CancellationToken.None);
    }

    /// <summary>Completes when the gateway has ended, for whatever reason.</summary>
    public Task Exited { get; }

    /// <summary>Valid once <see cref="Exited"/> completed.</summary>
    public int ExitCode => _guard.ExitCode;

    /// <param name="options">Addresses and secret.</param>
    /// <param name="backEnd">Where the back end listens by now.</param>
    /// <exception cref="FileNotFoundException">The server was not built.</exception>
    public static GatewayProcess Start(ChatOptions options, Uri backEnd)
    {
        var server = options.ServerPath ?? File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "gateway-server.path")).Trim();
        if (!File.Exists(server))
        {
            throw new FileNotFoundException($"There is no gateway at {server}. Build the sample again, or say --server PATH.", server);
        }

        // What the gateway keeps belongs to this start only.
        var scratch = Directory.CreateTempSubdirectory("chat-gateway-").FullName;
        string[] gateway =
        [
            DotnetPath(), server, Path.Combine(AppContext.BaseDirectory, "gateway.yaml"),
            "--data-url", Listen(options.DataUrl), "--admin-url", Listen(options.AdminUrl), "--data-dir", scratch,
            // There is no other node for the clients to go to: nothing is gained by closing them one after the other.
            "--drain-time", "0",
        ];
        var start = GatewayGuard.StartInfo(scratch, gateway);
        start.Environment["CHAT_BACKEND"] = ChatOptions.Reachable(backEnd, "127.0.0.1").GetLeftPart(UriPartial.Authority);
        start.Environment["CHAT_SECRET"] = options.Secret;
        return new GatewayProcess(Process.Start(start)!);
    }

    /// <summary>Waits until the gateway takes connections (true) or has ended.</summary>
    public async Task<bool> WaitUntilUpAsync(Uri dataUrl, TimeProvider time, CancellationToken cancellationToken)
    {
        var reachable = ChatOptions.Reachable(dataUrl, "127.0.0.1");
        while (!Exited.IsCompleted)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync(reachable.Host.Trim('[', ']'), reachable.Port, cancellationToken);
                return true;
            }
            catch (SocketException)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50), time, cancellationToken);
            }
        }

        return false;
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // The end of its input is what tells the guard to end the gateway.
            _guard.StandardInput.Close();
            await Exited.WaitAsync(StopBudget);
        }
        catch (TimeoutException)
        {
            _guard.Kill(entireProcessTree: true);
        }

        _guard.Dispose();
    }

    private static string Listen(Uri url) => url.GetLeftPart(UriPartial.Authority);

    private static string DotnetPath() =>
        Environment.GetEnvironmentVariable("DOTNET_HOST_PATH") is { Length: > 0 } host ? host : "dotnet";
}
