using Microsoft.AspNetCore.Http;
using Microsoft.Net.Http.Headers;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Dispatch;

/// <summary>
/// The story of a connection: <c>$connect</c> decides, the connection opens and is found by others, it ends, <c>$disconnect</c> is told once.
/// </summary>
internal sealed class ConnectionLifecycle(
    ConnectionTable connections,
    OutboundBudget budget,
    IdSource ids,
    IConnectionRecords records,
    DisconnectTeller teller,
    EventRecorder recorder,
    TimeProvider time)
{
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

    /// <summary>
    /// Opens a connection whose client has been let in: its record is kept, so that its end is told whatever happens to this node, and from then on others
    /// can reach it.
    /// </summary>
    public async ValueTask<Session> OpenAsync(StageSlot slot, ConnectionId id, ClientIdentity client, IClientTransport transport)
    {
        await records.AddAsync(id, client);
        return Open(slot, id, client, transport);
    }

    private Session Open(StageSlot slot, ConnectionId id, ClientIdentity client, IClientTransport transport)
    {
        var connection = new Connection(id, client, transport, slot.Current.Limits, budget, time);
        Interlocked.Increment(ref _pending);
        connections.Add(connection);
        if (_isStopping)
        {
            // It was let in while the node began to leave.
            _ = connection.Close(CloseReason.Shutdown);
        }

        if (id.Incarnation != ids.Incarnation)
        {
            // The node was taken for dead while $connect was under way: Abandon may not have seen this one, and nobody would find it by its id.
            _ = connection.Close(CloseReason.Restarted);
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

    /// <summary>Takes no more connections. Those that are being let in are closed as soon as they open.</summary>
    public void TakeNoMore() => _isStopping = true;

    /// <summary>Takes connections again.</summary>
    public void TakeAgain() => _isStopping = false;

    /// <summary>Closes, with 1012, what this node opened as <paramref name="incarnation"/>, for whose connections others answer now.</summary>
    public void Abandon(uint incarnation)
    {
        foreach (var (id, connection) in connections)
        {
            if (id.Incarnation == incarnation)
            {
                _ = connection.Close(CloseReason.Restarted);
            }
        }
    }

    private async Task TellAsync(Session session)
    {
        var connection = session.Connection;
        try
        {
            if (await records.MayTellEndAsync(connection.Id))
            {
                await teller.TellAsync(connection.Id, connection.Identity, connection.Reason, session.Slot);
            }
        }
        finally
        {
            records.Remove(connection.Id);
            Interlocked.Decrement(ref _pending);
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
}
