using System.Buffers;
using System.Buffers.Text;
using System.IO.Pipelines;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Options;
using RealtimeGateway.Deployments;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// Takes a connection over before Kestrel's HTTP when its first request plainly asks for a WebSocket of a stage: Kestrel would keep its HTTP state for as
/// long as the WebSocket lives, and copy every byte once more. Everything else goes on to HTTP with nothing consumed
/// (docs/adr/0010-early-take-over.md).
/// </summary>
internal sealed class EarlyTakeOver(
    ActiveStages stages, WebSocketEndpoint webSockets, TrustedProxies proxies, HeadDeadlines deadlines, TimeProvider time, IOptions<KestrelServerOptions> kestrel)
{
    private readonly KestrelServerLimits _limits = kestrel.Value.Limits;
    private long _taken;

    /// <summary>How many connections were taken over.</summary>
    public long Taken => Interlocked.Read(ref _taken);

    /// <summary>Serves a connection for as long as it lives, or hands it on.</summary>
    public async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next)
    {
        // Kestrel counts upgraded connections where it is told to; these it would not see.
        if (_limits.MaxConcurrentUpgradedConnections is not null
            || connection.Features.Get<ITlsApplicationProtocolFeature>() is { ApplicationProtocol.Span: [(byte)'h', (byte)'2'] })
        {
            await next(connection);
            return;
        }

        var (isHttp, serving) = await TakeOverAsync(connection);
        await (isHttp ? next(connection) : serving);
    }

    /// <summary>Reads the head and asks <c>$connect</c>. Returns either that HTTP is to go on, or what serves the connection.</summary>
    private async ValueTask<(bool IsHttp, Task Serving)> TakeOverAsync(ConnectionContext connection)
    {
        var (length, head) = await ReadHeadAsync(connection);
        if (length < 0 || head is null)
        {
            return (length < 0, Task.CompletedTask);
        }

        var http = Describe(connection, head);
        proxies.ApplyTo(http);
        if (webSockets.IsStopping || Resolve(http, head) is not { } slot)
        {
            return (true, Task.CompletedTask);
        }

        var attempt = await webSockets.DecideAsync(http, slot);
        if (!attempt.Decision.IsAccepted)
        {
            connection.Features.Set(attempt);
            return (true, Task.CompletedTask);
        }

        return (false, await AcceptAsync(connection, head, length, attempt));
    }

    /// <summary>The head and its length; 0: there is none and the connection ends; -1: it is Kestrel's. Nothing is consumed.</summary>
    private async ValueTask<(int Length, UpgradeHead? Head)> ReadHeadAsync(ConnectionContext connection)
    {
        var input = connection.Transport.Input;
        // The server's stop is looked for once a second as well: a registration would leave its memory with the connection.
        var closing = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested ?? CancellationToken.None;
        using var wait = deadlines.Begin(input, _limits.KeepAliveTimeout, closing);
        long seen = 0;
        while (true)
        {
            ReadResult result;
            try
            {
                result = await input.ReadAsync(CancellationToken.None);
            }
            catch (Exception exception) when (TransportLoss.Is(exception))
            {
                return (0, null);
            }

            var buffer = result.Buffer;
            var length = UpgradeHead.Read(buffer, _limits, out var head);
            if (length != 0 || result.IsCompleted)
            {
                // What was looked at before cannot be unseen, but beyond it there is something new, or the end: the next read returns at once.
                input.AdvanceTo(buffer.Start, buffer.GetPosition(seen));
                return length == 0 && buffer.IsEmpty ? (0, null) : (length == 0 ? -1 : length, head);
            }

            if (seen == 0 && !buffer.IsEmpty)
            {
                wait.Restart(_limits.RequestHeadersTimeout);
            }

            seen = buffer.Length;
            input.AdvanceTo(buffer.Start, buffer.End);
            if (wait.IsOver && seen > 0)
            {
                await RefuseSlowAsync(connection);
                return (0, null);
            }

            if (wait.IsOver || closing.IsCancellationRequested)
            {
                return (0, null);
            }
        }
    }

    private StageSlot? Resolve(HttpContext http, UpgradeHead head)
    {
        var address = stages.Table.Resolve(http.Request.Host.Value, head.Target.AsSpan(0, head.PathLength));
        return address.Rest is "" or "/" ? address.Slot : null;
    }

    /// <summary>The request as Kestrel would show it, for whoever decides about it.</summary>
    private static DefaultHttpContext Describe(ConnectionContext connection, UpgradeHead head)
    {
        var features = new FeatureCollection(connection.Features);
        features.Set<IHttpRequestFeature>(new HttpRequestFeature
        {
            Protocol = "HTTP/1.1",
            Scheme = connection.Features.Get<ITlsConnectionFeature>() is null ? "http" : "https",
            Method = "GET",
            Path = head.Target[..head.PathLength],
            QueryString = head.Target[head.PathLength..],
            RawTarget = head.Target,
            Headers = head.Headers,
        });
        features.Set<IHttpResponseFeature>(new HttpResponseFeature());
        features.Set<IHttpConnectionFeature>(new HttpConnectionFeature
        {
            ConnectionId = connection.ConnectionId,
            RemoteIpAddress = (connection.RemoteEndPoint as IPEndPoint)?.Address,
            RemotePort = (connection.RemoteEndPoint as IPEndPoint)?.Port ?? 0,
            LocalIpAddress = (connection.LocalEndPoint as IPEndPoint)?.Address,
            LocalPort = (connection.LocalEndPoint as IPEndPoint)?.Port ?? 0,
        });
        return new DefaultHttpContext(features);
    }

    /// <summary>Consumes the head, writes the 101 and opens. The pipe is the connection's from now on.</summary>
    private async ValueTask<Task> AcceptAsync(ConnectionContext connection, UpgradeHead head, int length, ConnectAttempt attempt)
    {
        _ = Interlocked.Increment(ref _taken);
        var pipe = connection.Transport;
        bool isEmpty;
        try
        {
            var result = await pipe.Input.ReadAsync(CancellationToken.None);
            isEmpty = result.Buffer.Length == length;
            pipe.Input.AdvanceTo(result.Buffer.GetPosition(length));
        }
        catch (Exception exception) when (TransportLoss.Is(exception))
        {
            // The client has left meanwhile. Its back end said yes, and is told of the end by what follows.
            isEmpty = false;
        }

        // Kestrel reads TLS into a buffer that it holds for as long as nothing comes; ours is rented when something does.
        if (isEmpty && connection.Features.Get<ISslStreamFeature>() is { SslStream: { } stream })
        {
            var own = new StreamPipe();
            own.Attach(stream);
            pipe = own;
        }

        WriteSwitch(pipe.Output, Handshake.AcceptKey(head.Headers.SecWebSocketKey.ToString()), attempt.Decision.Subprotocol);
        return await webSockets.OpenAsync(attempt, pipe, connection.Abort);
    }

    private void WriteSwitch(PipeWriter output, string accept, string? subprotocol)
    {
        output.Write("HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nDate: "u8);
        WriteDate(output);
        if (kestrel.Value.AddServerHeader)
        {
            output.Write("\r\nServer: Kestrel"u8);
        }

        output.Write("\r\nUpgrade: websocket\r\nSec-WebSocket-Accept: "u8);
        Encoding.ASCII.GetBytes(accept, output);
        if (subprotocol is not null && Handshake.IsToken(subprotocol))
        {
            output.Write("\r\nSec-WebSocket-Protocol: "u8);
            Encoding.ASCII.GetBytes(subprotocol, output);
        }

        output.Write("\r\n\r\n"u8);
    }

    /// <summary>RFC 9110 §5.6.7.</summary>
    private void WriteDate(PipeWriter output)
    {
        _ = Utf8Formatter.TryFormat(time.GetUtcNow(), output.GetSpan(32), out var written, 'R');
        output.Advance(written);
    }

    /// <summary>What Kestrel says to a head that does not come to its end.</summary>
    private async ValueTask RefuseSlowAsync(ConnectionContext connection)
    {
        var output = connection.Transport.Output;
        output.Write("HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\nConnection: close\r\nDate: "u8);
        WriteDate(output);
        output.Write("\r\n\r\n"u8);
        try
        {
            _ = await output.FlushAsync(CancellationToken.None);
        }
        catch (Exception exception) when (TransportLoss.Is(exception))
        {
            // The client has left.
        }
    }
}
