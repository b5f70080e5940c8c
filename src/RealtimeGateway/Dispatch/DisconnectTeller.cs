using System.Security.Cryptography;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Dispatch;

/// <summary>
/// Tells a back end that a connection has ended: one of this node, or one of a node that died. The event's id follows from the connection's, so that a
/// back end knows a second telling as such, whoever tells it.
/// </summary>
internal sealed partial class DisconnectTeller(ActiveStages stages, EventRecorder recorder, TimeProvider time, ILogger<DisconnectTeller> log)
{
    /// <summary>When a <c>$disconnect</c> that failed is tried again: three tries in all, within half a minute.</summary>
    private static readonly TimeSpan[] Retries = [TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(9)];

    /// <summary>The id of the one <c>$disconnect</c> event of a connection: the first bytes of SHA-256 over the id's text.</summary>
    public static RequestId RequestIdOf(ConnectionId id)
    {
        Span<byte> text = stackalloc byte[ConnectionId.TextLength];
        id.TryFormat(text, out _);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(text, digest);
        return new RequestId(digest);
    }

    /// <summary>Tells the end of a connection whose node cannot, as an abnormal one. Does nothing when its stage is no longer served. Never throws.</summary>
    public Task TellForDeadNodeAsync(ConnectionId id, ClientIdentity client) =>
        stages.Table.Find(client.ApiId, client.StageName) is { } slot ? TellAsync(id, client, CloseReason.Abnormal, slot) : Task.CompletedTask;

    /// <summary>Tells the end of a connection, three times when that fails. Completes when it is told or given up. Never throws.</summary>
    public async Task TellAsync(ConnectionId id, ClientIdentity client, CloseReason reason, StageSlot slot)
    {
        var stage = slot.Current;
        var context = new EventContext
        {
            Type = EventType.Disconnect,
            Stage = stage.Identity,
            RouteKey = Route.Disconnect,
            ConnectionId = id,
            Client = client,
            RequestId = RequestIdOf(id),
            RequestTime = time.GetUtcNow(),
            CloseReason = reason,
        };
        try
        {
            EventRecorder.Begins(stage, stage.Routes.Disconnect, context);
            var verdict = stage.Routes.Disconnect is { Integration: { } integration } route
                ? await CallAsync(route, integration, context)
                : Verdict.Done;
            recorder.Disconnected(stage, context, verdict);
        }
        catch (Exception exception)
        {
            // An integration that throws is a bug of ours; whoever tells has others to tell, so it ends here.
            Log.DisconnectFaulted(log, exception, id);
        }
        finally
        {
            context.Scratch.Dispose();
        }
    }

    private async ValueTask<Verdict> CallAsync(CompiledRoute route, IIntegration integration, EventContext context)
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

            if (attempt == Retries.Length)
            {
                Log.DisconnectFailed(log, context.ConnectionId, attempt + 1);
                return verdict;
            }

            await Task.Delay(Retries[attempt], time, CancellationToken.None);
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.DisconnectFaulted, LogLevel.Error, "The $disconnect of {ConnectionId} failed by a fault of the gateway.")]
        public static partial void DisconnectFaulted(ILogger logger, Exception exception, ConnectionId connectionId);

        [LoggerMessage(EventIds.DisconnectFailed, LogLevel.Warning, "The $disconnect of {ConnectionId} failed {Attempts} times; the back end does not know that it ended.")]
        public static partial void DisconnectFailed(ILogger logger, ConnectionId connectionId, int attempts);
    }
}
