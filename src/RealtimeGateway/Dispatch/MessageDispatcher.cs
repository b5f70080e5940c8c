using System.Text;
using System.Text.Unicode;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Dispatch;

/// <summary>
/// The story of a message: its route is selected, the route's integration is called, the answer goes back if the route is two-way. What
/// an integration can answer at once is done where the bytes arrived.
/// </summary>
internal sealed partial class MessageDispatcher(IdSource ids, TimeProvider time, ILogger<MessageDispatcher> log)
{
    private readonly EventContextPool _contexts = new();

    /// <summary>
    /// Takes a message. The returned task completes when the connection's reader may go on, which is at once unless its route holds it back.
    /// </summary>
    public ValueTask DispatchAsync(Session session, PooledBytes body, bool isBinary)
    {
        var stage = session.Slot.Current;
        var route = stage.Routes.Select(body.Span);
        if (!Throttles.TryTake(route?.Throttle, stage.AccountThrottle))
        {
            SendError(session, ErrorFrame.TooManyRequests, ids.NextRequestId());
            body.Dispose();
            return default;
        }

        if (route is null)
        {
            SendError(session, ErrorFrame.Forbidden, ids.NextRequestId());
            body.Dispose();
            return default;
        }

        if (route.Integration is not { } integration)
        {
            body.Dispose();
            return default;
        }

        var call = new Call(session, stage, route, integration, body, isBinary);
        return session.InFlight < route.Concurrency.Bound ? Start(call) : StartWhenThereIsRoomAsync(call);
    }

    private async ValueTask StartWhenThereIsRoomAsync(Call call)
    {
        await call.Session.WaitForRoomAsync(call.Route.Concurrency.Bound);
        await Start(call);
    }

    private ValueTask Start(in Call call)
    {
        var context = MakeContext(call);
        ValueTask<IntegrationOutcome> invocation;
        try
        {
            invocation = call.Integration.InvokeAsync(context, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // An integration that throws is a bug of ours; it costs this message an error frame.
            invocation = ValueTask.FromException<IntegrationOutcome>(exception);
        }

        if (invocation.IsCompletedSuccessfully)
        {
            Finish(call, context, invocation.Result);
            return default;
        }

        call.Session.Started();
        var completion = FinishAsync(call, context, invocation);
        return call.Route.Concurrency.IsSerial ? new ValueTask(completion) : default;
    }

    private async Task FinishAsync(Call call, EventContext context, ValueTask<IntegrationOutcome> invocation)
    {
        try
        {
            Finish(call, context, await invocation);
        }
        catch (Exception exception)
        {
            // As above: nothing an integration does may end the process or the connection.
            Log.MessageFailed(log, exception, call.Route.Key, call.Session.Connection.Id);
            SendError(call.Session, ErrorFrame.InternalServerError, context.RequestId);
            call.Body.Dispose();
        }
        finally
        {
            call.Session.Finished();
        }
    }

    private void Finish(in Call call, EventContext context, IntegrationOutcome outcome)
    {
        using (outcome)
        {
            var error = outcome.Status switch
            {
                IntegrationStatus.Answered => null,
                IntegrationStatus.TimedOut => ErrorFrame.TimedOut,
                // What a function returns to a one-way route is dropped unread.
                IntegrationStatus.Malformed when !call.Route.IsTwoWay => null,
                _ => ErrorFrame.InternalServerError,
            };
            if (error is not null)
            {
                SendError(call.Session, error, context.RequestId);
            }
            else if (call.Route.IsTwoWay && outcome.HasBody)
            {
                SendAnswer(call.Session, outcome.Body.Span, outcome.IsBinary && call.Stage.AllowBinary);
            }
        }

        _contexts.Return(context);
        call.Body.Dispose();
    }

    private EventContext MakeContext(in Call call)
    {
        var connection = call.Session.Connection;
        var requestId = ids.NextRequestId();
        var messageId = ids.NextMessageId(connection.Id);
        var now = time.GetUtcNow();
        if (_contexts.TryTake() is not { } context)
        {
            return new EventContext
            {
                Type = EventType.Message,
                Stage = call.Stage.Identity,
                RouteKey = call.Route.Key,
                ConnectionId = connection.Id,
                Client = connection.Identity,
                RequestId = requestId,
                RequestTime = now,
                MessageId = messageId,
                Body = call.Body.Memory,
                IsBinary = call.IsBinary,
            };
        }

        context.Stage = call.Stage.Identity;
        context.RouteKey = call.Route.Key;
        context.ConnectionId = connection.Id;
        context.Client = connection.Identity;
        context.RequestId = requestId;
        context.RequestTime = now;
        context.MessageId = messageId;
        context.Body = call.Body.Memory;
        context.IsBinary = call.IsBinary;
        return context;
    }

    private static void SendError(Session session, ErrorFrame error, RequestId requestId)
    {
        Span<byte> frame = stackalloc byte[error.Length];
        error.Write(frame, session.Connection.Id, requestId);
        Send(session, frame, isBinary: false);
    }

    private static void SendAnswer(Session session, ReadOnlySpan<byte> payload, bool isBinary)
    {
        if (isBinary || Utf8.IsValid(payload))
        {
            Send(session, payload, isBinary);
        }
        else
        {
            // RFC 6455 §8.1: clients close over a text frame that is not UTF-8. What is not becomes U+FFFD, as with @connections.
            Send(session, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload)), isBinary: false);
        }
    }

    /// <summary>Answers are promised to whoever asked: a client that lets them pile up beyond its queue is closed rather than answered in part.</summary>
    private static void Send(Session session, ReadOnlySpan<byte> payload, bool isBinary)
    {
        if (session.Connection.TrySend(payload, isBinary) == SendOutcome.Full)
        {
            _ = session.Connection.Close(CloseReason.SlowConsumer);
        }
    }

    private readonly record struct Call(
        Session Session, CompiledStage Stage, CompiledRoute Route, IIntegration Integration, PooledBytes Body, bool IsBinary);

    private static partial class Log
    {
        [LoggerMessage(EventIds.MessageFailed, LogLevel.Error, "The route {RouteKey} failed for a message of {ConnectionId}.")]
        public static partial void MessageFailed(ILogger logger, Exception exception, string routeKey, ConnectionId connectionId);
    }
}
