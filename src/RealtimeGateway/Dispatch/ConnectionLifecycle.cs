using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.Net.Http.Headers;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Dispatch;

/// <summary>
/// The story of a connection: <c>$connect</c> decides, the connection opens and is found by others, it ends, <c>$disconnect</c> is told once.
/// </summary>
internal sealed partial class ConnectionLifecycle(
    ConnectionTable connections, OutboundBudget budget, IdSource ids, TimeProvider time, ILogger<ConnectionLifecycle> log)
{
    /// <summary>When a <c>$disconnect</c> that failed is tried again: three tries in all, within half a minute.</summary>
    private static readonly TimeSpan[] DisconnectRetries = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)];

    private int _pending;
    private volatile bool _isStopping;

    /// <summary>Connections that are open, or ended and not yet told to their back ends.</summary>
    public int Pending => Volatile.Read(ref _pending);

    /// <summary>Whether the node leaves and takes no more connections.</summary>
    public bool IsStopping => _isStopping;

    /// <summary>Asks whether the client may connect. Nothing has been opened, so nothing has to be cleaned up when it may not.</summary>
    public async ValueTask<ConnectDecision> ConnectAsync(
        CompiledStage stage, ConnectionId id, ClientIdentity client, UpgradeRequest upgrade, CancellationToken cancellationToken)
    {
        var requestId = ids.NextRequestId();
        if (!IsOriginAllowed(stage, upgrade))
        {
            return ConnectDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.Forbidden) with { RequestId = requestId };
        }

        var context = new EventContext
        {
            Type = EventType.Connect,
            Stage = stage.Identity,
            RouteKey = Route.Connect,
            ConnectionId = id,
            Client = client,
            RequestId = requestId,
            RequestTime = client.ConnectedAt,
            Upgrade = upgrade,
        };
        if (await stage.Admission.RefuseAsync(context, cancellationToken) is { } refusal)
        {
            return ConnectDecision.Refuse(refusal) with { RequestId = requestId };
        }

        if (stage.Routes.Connect?.Integration is not { } integration)
        {
            return new ConnectDecision { RequestId = requestId, Client = context.Client };
        }

        var outcome = await integration.InvokeAsync(context, cancellationToken);
        var decision = Decide(outcome) with { RequestId = requestId, Client = context.Client };
        if (decision.IsAccepted)
        {
            outcome.Dispose();
        }

        return decision;
    }

    /// <summary>Opens a connection whose client has been let in: from here on others can reach it.</summary>
    public Session Open(StageSlot slot, ConnectionId id, ClientIdentity client, IClientTransport transport)
    {
        var connection = new Connection(id, client, transport, slot.Current.Limits, budget, time);
        Interlocked.Increment(ref _pending);
        connections.Add(connection);
        if (_isStopping)
        {
            // It was let in while the others were being closed.
            _ = connection.Close(CloseReason.Shutdown);
        }

        return new Session(connection, slot);
    }

    /// <summary>
    /// Ends a connection whose transport has: others find it no more, and its back end is told. Returns at once, since the client's socket is
    /// closed only after the caller has gone on.
    /// </summary>
    public void End(Session session)
    {
        session.Connection.TransportEnded();
        connections.Remove(session.Connection);
        _ = TellAsync(session);
    }

    /// <summary>Takes no more connections and closes those that are open, with 1001: a client reconnects, elsewhere.</summary>
    public void Stop()
    {
        _isStopping = true;
        foreach (var (_, connection) in connections)
        {
            _ = connection.Close(CloseReason.Shutdown);
        }
    }

    private async Task TellAsync(Session session)
    {
        try
        {
            await TellDisconnectAsync(session);
        }
        catch (Exception exception)
        {
            // An integration that throws is a bug of ours; nobody awaits this, so it is told here.
            Log.DisconnectFaulted(log, exception, session.Connection.Id);
        }
        finally
        {
            Interlocked.Decrement(ref _pending);
        }
    }

    private async Task TellDisconnectAsync(Session session)
    {
        var connection = session.Connection;
        var stage = session.Slot.Current;
        if (stage.Routes.Disconnect is not { Integration: { } integration } route)
        {
            return;
        }

        var context = new EventContext
        {
            Type = EventType.Disconnect,
            Stage = stage.Identity,
            RouteKey = route.Key,
            ConnectionId = connection.Id,
            Client = connection.Identity,
            RequestId = ids.NextRequestId(),
            RequestTime = time.GetUtcNow(),
            CloseReason = connection.Reason,
        };
        for (var attempt = 0; ; attempt++)
        {
            using (var outcome = await integration.InvokeAsync(context, CancellationToken.None))
            {
                if (outcome.Status == IntegrationStatus.Answered && outcome.StatusCode < 500)
                {
                    return;
                }
            }

            if (attempt == DisconnectRetries.Length)
            {
                Log.DisconnectFailed(log, connection.Id, attempt + 1);
                return;
            }

            await Task.Delay(DisconnectRetries[attempt], time, CancellationToken.None);
        }
    }

    /// <summary>Follows a change of what is served: new bounds hold at once, and what is served no more is closed.</summary>
    public void Follow(StageTable table)
    {
        foreach (var (_, connection) in connections)
        {
            if (table.Find(connection.Identity.ApiId, connection.Identity.StageName) is { } slot)
            {
                connection.Limits = slot.Current.Limits;
            }
            else
            {
                _ = connection.Close(CloseReason.GoingAway);
            }
        }
    }

    /// <summary>RFC 6454: a browser says where its page comes from. Whoever sends no single allowed origin is not let in.</summary>
    private static bool IsOriginAllowed(CompiledStage stage, UpgradeRequest upgrade)
    {
        if (stage.AllowedOrigins.Count == 0)
        {
            return true;
        }

        var origin = upgrade.Headers[HeaderNames.Origin];
        return origin.Count == 1 && stage.AllowedOrigins.Contains(origin[0]!);
    }

    private static ConnectDecision Decide(in IntegrationOutcome outcome) => outcome.Status switch
    {
        IntegrationStatus.Answered when outcome.StatusCode is >= 200 and < 300 => new ConnectDecision { Subprotocol = outcome.Subprotocol },
        // A status below 200 cannot end a handshake, and a redirect or worse says no.
        IntegrationStatus.Answered when outcome.StatusCode >= 300 => new ConnectDecision { RefusedStatus = outcome.StatusCode, Body = outcome.Body },
        IntegrationStatus.FunctionFailed => ConnectDecision.Refuse(StatusCodes.Status502BadGateway, ErrorFrame.InternalServerError),
        IntegrationStatus.TimedOut => ConnectDecision.Refuse(StatusCodes.Status504GatewayTimeout, ErrorFrame.TimedOut),
        _ => ConnectDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.InternalServerError),
    };

    private static partial class Log
    {
        [LoggerMessage(EventIds.DisconnectFaulted, LogLevel.Error, "The $disconnect of {ConnectionId} failed by a fault of the gateway.")]
        public static partial void DisconnectFaulted(ILogger logger, Exception exception, ConnectionId connectionId);

        [LoggerMessage(EventIds.DisconnectFailed, LogLevel.Warning, "The $disconnect of {ConnectionId} failed {Attempts} times; the back end does not know that it ended.")]
        public static partial void DisconnectFailed(ILogger logger, ConnectionId connectionId, int attempts);
    }
}
