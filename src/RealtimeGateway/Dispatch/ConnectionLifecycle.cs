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
    ConnectionTable connections, OutboundBudget budget, IdSource ids, EventRecorder recorder, TimeProvider time, ILogger<ConnectionLifecycle> log)
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
        // Checks of signatures and tokens take long enough for the other connections of this thread to feel it.
        await HandOver.ToPoolAsync();
        var context = new EventContext
        {
            Type = EventType.Connect,
            Stage = stage.Identity,
            RouteKey = Route.Connect,
            ConnectionId = id,
            Client = client,
            RequestId = ids.NextRequestId(),
            RequestTime = client.ConnectedAt,
            Upgrade = upgrade,
        };
        EventRecorder.Begins(stage, stage.Routes.Connect, context);
        var decision = await DecideAsync(stage, context, upgrade, cancellationToken) with { RequestId = context.RequestId };
        recorder.Connected(stage, context, decision.Verdict, decision.WasIntegrationCalled);
        context.Scratch.Dispose();
        return decision;
    }

    private async ValueTask<ConnectDecision> DecideAsync(
        CompiledStage stage, EventContext context, UpgradeRequest upgrade, CancellationToken cancellationToken)
    {
        if (!IsOriginAllowed(stage, upgrade))
        {
            return ConnectDecision.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.Forbidden);
        }

        if (await stage.Admission.RefuseAsync(context, cancellationToken) is { } refusal)
        {
            return ConnectDecision.Refuse(refusal);
        }

        if (stage.Routes.Connect is not { Integration: { } integration } route)
        {
            return new ConnectDecision { Client = context.Client };
        }

        var startedAt = recorder.CallStarts(route);
        var outcome = await integration.InvokeAsync(context, cancellationToken);
        var decision = Decide(outcome, recorder.CallEnded(route, context, outcome, startedAt)) with { Client = context.Client };
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

        // Follow has not seen a connection whose $connect was under way while the configuration changed.
        connection.Limits = slot.Current.Limits;
        if (!slot.IsServed)
        {
            _ = connection.Close(CloseReason.GoingAway);
        }

        return new Session(connection, slot) { IsCounted = recorder.Opened(slot.Current) };
    }

    /// <summary>
    /// Ends a connection whose transport has: others find it no more, and its back end is told. Returns at once, since the client's socket is
    /// closed only after the caller has gone on.
    /// </summary>
    public void End(Session session)
    {
        session.Connection.TransportEnded();
        connections.Remove(session.Connection);
        recorder.Closed(session.Slot.Current, session.Connection.Reason, session.IsCounted);
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
        var context = new EventContext
        {
            Type = EventType.Disconnect,
            Stage = stage.Identity,
            RouteKey = Route.Disconnect,
            ConnectionId = connection.Id,
            Client = connection.Identity,
            RequestId = ids.NextRequestId(),
            RequestTime = time.GetUtcNow(),
            CloseReason = connection.Reason,
        };
        EventRecorder.Begins(stage, stage.Routes.Disconnect, context);
        var verdict = stage.Routes.Disconnect is { Integration: { } integration } route
            ? await TellAsync(route, integration, context)
            : Verdict.Done;
        recorder.Disconnected(stage, context, verdict);
        context.Scratch.Dispose();
    }

    private async ValueTask<Verdict> TellAsync(CompiledRoute route, IIntegration integration, EventContext context)
    {
        for (var attempt = 0; ; attempt++)
        {
            var startedAt = recorder.CallStarts(route);
            Verdict verdict;
            using (var outcome = await integration.InvokeAsync(context, CancellationToken.None))
            {
                verdict = recorder.CallEnded(route, context, outcome, startedAt);
            }

            if (verdict is { Error: null, Status: < 500 })
            {
                return verdict;
            }

            if (attempt == DisconnectRetries.Length)
            {
                Log.DisconnectFailed(log, context.ConnectionId, attempt + 1);
                return verdict;
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

    private static ConnectDecision Decide(in IntegrationOutcome outcome, in Verdict verdict)
    {
        var wasCalled = outcome.Status != IntegrationStatus.Refused;
        var decision = verdict switch
        {
            { Error: { } error } => ConnectDecision.Refuse(verdict.Status, error),
            { Status: >= 200 and < 300 } => new ConnectDecision { Subprotocol = outcome.Subprotocol },
            // A status below 200 cannot end a handshake, and a redirect or worse says no.
            { Status: >= 300 } => new ConnectDecision { RefusedStatus = verdict.Status, Body = outcome.Body, Fault = verdict.Fault },
            _ => ConnectDecision.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.InternalServerError),
        };
        return decision with { WasIntegrationCalled = wasCalled };
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DisconnectFaulted, LogLevel.Error, "The $disconnect of {ConnectionId} failed by a fault of the gateway.")]
        public static partial void DisconnectFaulted(ILogger logger, Exception exception, ConnectionId connectionId);

        [LoggerMessage(EventIds.DisconnectFailed, LogLevel.Warning, "The $disconnect of {ConnectionId} failed {Attempts} times; the back end does not know that it ended.")]
        public static partial void DisconnectFailed(ILogger logger, ConnectionId connectionId, int attempts);
    }
}
