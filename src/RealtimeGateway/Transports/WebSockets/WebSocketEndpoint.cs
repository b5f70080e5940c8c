using System.IO.Pipelines;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Answers requests to connect: strict handshake, <c>$connect</c>, and only then the 101.</summary>
internal sealed class WebSocketEndpoint(
    ConnectionLifecycle lifecycle, MessageDispatcher dispatcher, IdSource ids, TraceIds traces, CallNames names, TimeProvider time, ILogger<WebSocketTransport> log)
{
    private readonly Action<Session> _end = lifecycle.End;
    private readonly RecentStrings _strings = new();

    /// <summary>Serves one request for as long as its connection lives.</summary>
    public async Task HandleAsync(HttpContext http, StageSlot slot)
    {
        var handshake = Handshake.Check(http.Request);
        if (!handshake.IsAccepted)
        {
            await RefuseHandshakeAsync(http, handshake);
            return;
        }

        if (lifecycle.IsStopping)
        {
            RefuseForNow(http);
            return;
        }

        var attempt = TakeEarly(http) ?? await DecideAsync(http, slot);
        using var decision = attempt.Decision;
        if (!decision.IsAccepted || decision.Client is not { } client)
        {
            await RefuseAsync(http, decision, attempt.Id);
            return;
        }

        var pipe = new StreamPipe();
        using var transport = new WebSocketTransport(pipe, http.Abort, dispatcher, time, log);
        var session = await lifecycle.OpenAsync(slot, attempt.Id, client, transport);
        try
        {
            if (await TryAcceptAsync(http, handshake, decision.Subprotocol) is { } stream)
            {
                pipe.Attach(stream);
                session.Connection.TransportReady();
                await transport.RunAsync(session);
            }
        }
        finally
        {
            lifecycle.End(session);
        }
    }

    /// <summary>Whether the node leaves and takes no more connections.</summary>
    public bool IsStopping => lifecycle.IsStopping;

    /// <summary>Asks <c>$connect</c> about a client whose handshake is in order.</summary>
    public async ValueTask<ConnectAttempt> DecideAsync(HttpContext http, StageSlot slot)
    {
        var id = ids.NextConnectionId();
        var stage = slot.Current;
        // The decision is not called off when the client leaves meanwhile: a back end that said yes is told of the end.
        return new ConnectAttempt(slot, id, await lifecycle.ConnectAsync(stage, id, Identify(http, stage), Describe(http), CancellationToken.None));
    }

    /// <summary>Opens a connection that was let in. The task that it returns serves it for as long as it lives.</summary>
    /// <param name="attempt">An accepted one.</param>
    /// <param name="pipe">Carries the bytes after the client's head; the answer to it has been written and not flushed.</param>
    /// <param name="abort">Cuts the pipe.</param>
    public async ValueTask<Task> OpenAsync(ConnectAttempt attempt, IDuplexPipe pipe, Action abort)
    {
        var transport = new WebSocketTransport(pipe, abort, dispatcher, time, log);
        using (attempt.Decision)
        {
            return transport.RunAsync(await lifecycle.OpenAsync(attempt.Slot, attempt.Id, attempt.Decision.Client!, transport), _end);
        }
    }

    /// <summary>What was decided before Kestrel's HTTP saw the request, which is the connection's first; null when nothing was.</summary>
    private static ConnectAttempt? TakeEarly(HttpContext http) =>
        http.Features.Get<ConnectAttempt>() is { } attempt && attempt.TryTake() ? attempt : null;

    private static void RefuseForNow(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status503ServiceUnavailable;
        http.Response.Headers.RetryAfter = "1";
        http.Response.Headers.Connection = HttpProtocol.IsHttp11(http.Request.Protocol) ? "close" : default(string);
    }

    private static async Task RefuseHandshakeAsync(HttpContext http, HandshakeOutcome handshake)
    {
        http.Response.StatusCode = handshake.StatusCode;
        if (handshake.NeedsVersionHeader)
        {
            http.Response.Headers.SecWebSocketVersion = Handshake.Version;
        }

        // Whatever the client believes it has sent after this head is not to be read as a request.
        http.Response.Headers.Connection = HttpProtocol.IsHttp11(http.Request.Protocol) ? "close" : default(string);
        await http.Response.WriteAsJsonAsync(new { message = handshake.Message }, CancellationToken.None);
    }

    private async Task RefuseAsync(HttpContext http, ConnectDecision decision, ConnectionId id)
    {
        if (decision.Caller is { } caller)
        {
            await Refusal.Of(caller).WriteAsync(http, names);
            return;
        }

        var response = http.Response;
        response.StatusCode = decision.RefusedStatus;
        response.ContentType = "application/json; charset=UTF-8";
        response.Headers["x-amz-apigw-id"] = decision.RequestId.ToString();
        if (decision.Error is { } error)
        {
            var body = new byte[error.Length];
            error.Write(body, id, decision.RequestId);
            response.ContentLength = body.Length;
            await response.Body.WriteAsync(body, http.RequestAborted);
        }
        else
        {
            response.ContentLength = decision.Body.Memory.Length;
            await response.Body.WriteAsync(decision.Body.Memory, http.RequestAborted);
        }
    }

    /// <summary>Sends the 101, or the 200 of HTTP/2. Null when the client has left before, or is refused since Kestrel has as many as it may.</summary>
    private static async ValueTask<Stream?> TryAcceptAsync(HttpContext http, HandshakeOutcome handshake, string? subprotocol)
    {
        if (subprotocol is not null && Handshake.IsToken(subprotocol))
        {
            http.Response.Headers.SecWebSocketProtocol = subprotocol;
        }

        // A connection lives by its own bounds, and a client may stay silent for as long as those allow.
        if (http.Features.Get<IHttpMinRequestBodyDataRateFeature>() is { } requestRate)
        {
            requestRate.MinDataRate = null;
        }

        if (http.Features.Get<IHttpMinResponseDataRateFeature>() is { } responseRate)
        {
            responseRate.MinDataRate = null;
        }

        try
        {
            if (handshake.Key is null)
            {
                return await http.Features.GetRequiredFeature<IHttpExtendedConnectFeature>().AcceptAsync();
            }

            http.Response.Headers.Upgrade = "websocket";
            http.Response.Headers.SecWebSocketAccept = Handshake.AcceptKey(handshake.Key);
            return await http.Features.GetRequiredFeature<IHttpUpgradeFeature>().UpgradeAsync();
        }
        catch (Exception exception) when (TransportLoss.Is(exception))
        {
            return null;
        }
        catch (InvalidOperationException) when (!http.Response.HasStarted)
        {
            // Kestrel says so where its MaxConcurrentUpgradedConnections are open.
            http.Response.Clear();
            RefuseForNow(http);
            return null;
        }
    }

    private ClientIdentity Identify(HttpContext http, CompiledStage stage) => new()
    {
        ApiId = stage.Identity.ApiId,
        StageName = stage.Identity.Name,
        DomainName = _strings.Share(http.Request.Host.Value ?? ""),
        SourceIp = SourceAddress.Print(http.Connection.RemoteIpAddress),
        UserAgent = http.Request.Headers.UserAgent is [.., { Length: > 0 } userAgent] ? _strings.Share(userAgent) : null,
        ConnectedAt = time.GetUtcNow(),
        Port = http.Connection.LocalPort,
        Scheme = http.Request.Scheme,
    };

    private UpgradeRequest Describe(HttpContext http) => new()
    {
        Headers = http.Request.Headers,
        QueryString = http.Request.QueryString.Value ?? "",
        Port = http.Connection.LocalPort,
        Scheme = http.Request.Scheme,
        TraceId = traces.Of(http.Request),
        Request = http.Request,
    };
}
