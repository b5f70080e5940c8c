using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Console;

namespace RealtimeGateway.Server.Listeners;

/// <summary>
/// Runs what bytes cause on the thread that found them, and not on one of the pool's: at moderate rates the hand-over costs several times the work
/// itself. Nothing there may block, so the admin listener, whose work reads files and databases, is handed over to the pool
/// (docs/adr/0011-inline-threads.md).
/// </summary>
internal static class InlineThreads
{
    /// <summary>
    /// Makes the runtime complete socket operations where epoll reports them. The runtime knows this by an environment variable only, and looks when the
    /// process touches its first socket; whoever sets the variable to something else keeps that.
    /// </summary>
    private const string CompletionsVariable = "DOTNET_SYSTEM_NET_SOCKETS_INLINE_COMPLETIONS";

    /// <summary>Sets process, server and log up. To be called before the first socket.</summary>
    public static void AddTo(WebApplicationBuilder builder)
    {
        if (Environment.GetEnvironmentVariable(CompletionsVariable) is null)
        {
            Environment.SetEnvironmentVariable(CompletionsVariable, "1");
        }

        builder.Services.Configure<SocketTransportOptions>(options => options.UnsafePreferInlineScheduling = true);
        // A terminal or pipe that nobody reads must not hold up clients: lines that find the log's queue full are dropped and counted by it.
        builder.Services.Configure<ConsoleLoggerOptions>(options => options.QueueFullMode = ConsoleLoggerQueueFullMode.DropWrite);
    }

    /// <summary>Has everything that the listener's connections cause run on the pool.</summary>
    public static void HandOver(ListenOptions listen) => listen.Use(next => async connection =>
    {
        connection.Transport = new PooledDuplexPipe(connection.Transport);
        await next(connection);
    });
}
