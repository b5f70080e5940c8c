using System.Text;
using System.Text.Unicode;
using Microsoft.AspNetCore.Http;
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
internal sealed partial class MessageDispatcher(IdSource ids, EventRecorder recorder, TimeProvider time, ILogger<MessageDispatcher> log)
{
    private readonly EventContextPool _contexts = new();
    private int _inFlight;

    /// <summary>Messages at integrations now, those of connections that have ended included. What an integration answers at once is not counted.</summary>
    public int InFlight => Volatile.Read(ref _inFlight);

    /// <summary>
    /// Takes a message. The returned task completes when the connection's reader may go on, which is at once unless its route holds it back.
    /// </summary>
    public ValueTask DispatchAsync(Session session, PooledBytes body, bool isBinary)
    {
        var stage = session.Slot.Current;
        var route = stage.Routes.Select(body.Span);
        var call = new Call(session, stage, route, body, isBinary);
        if (!Throttles.TryTake(route?.Throttle, stage.AccountThrottle))
        {
            return Complete(call, Verdict.Refuse(StatusCodes.Status429TooManyRequests, ErrorFrame.TooManyRequests));
        }

        if (route is null)
        {
            return Complete(call, Verdict.Refuse(StatusCodes.Status403Forbidden, ErrorFrame.Forbidden));
        }

        if (body.Memory.Length > route.QuickBytes)
        {
            return session.InFlight < route.Concurrency.Bound ? HandOver(call, route) : HandOverWhenThereIsRoomAsync(call, route);
        }

        if (route.Models is { } models && !models.TryValidate(body.Memory, out var mistake))
        {
            return Complete(call, Verdict.Refuse(StatusCodes.Status400BadRequest, ErrorFrame.BadRequestBody), mistake);
        }

        if (route.Integration is not { } integration)
        {
            return Complete(call, Verdict.Done);
        }

        return session.InFlight < route.Concurrency.Bound
            ? Start(call, route, integration)
            : StartWhenThereIsRoomAsync(call, route, integration);
    }

    private async ValueTask HandOverWhenThereIsRoomAsync(Call call, CompiledRoute route)
    {
        await call.Session.WaitForRoomAsync(route.Concurrency.Bound);
        await HandOver(call, route);
    }

    /// <summary>Starts a message whose work may be long on the pool: here, every connection of this thread would wait for it.</summary>
    private ValueTask HandOver(in Call call, CompiledRoute route)
    {
        call.Session.Started();
        var completion = RunOnPoolAsync(call, route);
        return route.Concurrency.IsSerial ? new ValueTask(completion) : default;
    }

    private async Task RunOnPoolAsync(Call call, CompiledRoute route)
    {
        await Integrations.HandOver.ToPoolAsync();
        try
        {
            if (route.Models is { } models && !models.TryValidate(call.Body.Memory, out var mistake))
            {
                await Complete(call, Verdict.Refuse(StatusCodes.Status400BadRequest, ErrorFrame.BadRequestBody), mistake);
                call.Session.Finished();
                return;
            }

            if (route.Integration is not { } integration)
            {
                await Complete(call, Verdict.Done);
                call.Session.Finished();
                return;
            }

            var context = Begin(call, route, out var startedAt);
            var invocation = Invoke(integration, context);
            // As where nothing is handed over: whoever stops waits for these too, and FinishAsync counts each back.
            Interlocked.Increment(ref _inFlight);
            await FinishAsync(call, route, context, invocation, startedAt);
        }
        catch (Exception exception)
        {
            // A bug of ours, as where the message is read: it must cost no more than this connection.
            Log.MessageFailed(log, exception, route.Key, call.Session.Connection.Id);
            _ = call.Session.Connection.Close(CloseReason.InternalError);
        }
    }

    private async ValueTask StartWhenThereIsRoomAsync(Call call, CompiledRoute route, IIntegration integration)
    {
        await call.Session.WaitForRoomAsync(route.Concurrency.Bound);
        await Start(call, route, integration);
    }

    private ValueTask Start(in Call call, CompiledRoute route, IIntegration integration)
    {
        var context = Begin(call, route, out var startedAt);
        var invocation = Invoke(integration, context);
        if (invocation.IsCompletedSuccessfully)
        {
            Finish(call, route, context, invocation.Result, startedAt);
            Release(call, context);
            return default;
        }

        call.Session.Started();
        Interlocked.Increment(ref _inFlight);
        var completion = FinishAsync(call, route, context, invocation, startedAt);
        return route.Concurrency.IsSerial ? new ValueTask(completion) : default;
    }

    private EventContext Begin(in Call call, CompiledRoute route, out long startedAt)
    {
        var context = MakeContext(call);
        EventRecorder.Begins(call.Stage, route, context);
        startedAt = recorder.CallStarts(route);
        return context;
    }

    private static ValueTask<IntegrationOutcome> Invoke(IIntegration integration, EventContext context)
    {
        try
        {
            return integration.InvokeAsync(context, CancellationToken.None);
        }
        catch (Exception exception)
        {
            // An integration that throws is a bug of ours; it costs this message an error frame.
            return ValueTask.FromException<IntegrationOutcome>(exception);
        }
    }

    private async Task FinishAsync(
        Call call, CompiledRoute route, EventContext context, ValueTask<IntegrationOutcome> invocation, long startedAt)
    {
        try
        {
            Finish(call, route, context, await invocation, startedAt);
        }
        catch (Exception exception)
        {
            // As above: nothing an integration does may end the process or the connection.
            Log.MessageFailed(log, exception, context.RouteKey, context.ConnectionId);
            Conclude(call, context, Verdict.Refuse(StatusCodes.Status500InternalServerError, ErrorFrame.InternalServerError), wasAnswered: false);
        }
        finally
        {
            Release(call, context);
            call.Session.Finished();
            Interlocked.Decrement(ref _inFlight);
        }
    }

    private void Finish(in Call call, CompiledRoute route, EventContext context, IntegrationOutcome outcome, long startedAt)
    {
        using (outcome)
        {
            var verdict = recorder.CallEnded(route, context, outcome, startedAt);
            // What a function returns to a one-way route is dropped unread.
            verdict = outcome.Status == IntegrationStatus.Malformed && !route.IsTwoWay ? Verdict.Done : verdict;
            var wasAnswered = verdict.Error is null && route.IsTwoWay && outcome.HasBody
                && SendAnswer(call.Session, outcome.Body.Span, outcome.IsBinary && call.Stage.AllowBinary);
            Conclude(call, context, verdict, wasAnswered);
        }
    }

    /// <summary>Ends a message that goes to no integration.</summary>
    private ValueTask Complete(in Call call, in Verdict verdict, string? validationError = null)
    {
        var context = MakeContext(call);
        EventRecorder.Begins(call.Stage, call.Route, context);
        context.ValidationError = validationError;
        Conclude(call, context, verdict, wasAnswered: false);
        Release(call, context);
        return default;
    }

    private void Conclude(in Call call, EventContext context, in Verdict verdict, bool wasAnswered)
    {
        if (verdict.Error is { } error)
        {
            SendError(call.Session, error, context);
        }

        recorder.Dispatched(call.Stage, call.Route, context, verdict, wasAnswered);
    }

    private void Release(in Call call, EventContext context)
    {
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
                RouteKey = call.Route?.Key ?? "",
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
        context.RouteKey = call.Route?.Key ?? "";
        context.ConnectionId = connection.Id;
        context.Client = connection.Identity;
        context.RequestId = requestId;
        context.RequestTime = now;
        context.MessageId = messageId;
        context.Body = call.Body.Memory;
        context.IsBinary = call.IsBinary;
        return context;
    }

    private static void SendError(Session session, ErrorFrame error, EventContext context)
    {
        Span<byte> frame = stackalloc byte[error.Length];
        error.Write(frame, context.ConnectionId, context.RequestId, context.MessageId);
        _ = Send(session, frame, isBinary: false);
    }

    // RFC 6455 §8.1: clients close over a text frame that is not UTF-8. What is not becomes U+FFFD, as with @connections.
    private static bool SendAnswer(Session session, ReadOnlySpan<byte> payload, bool isBinary) => isBinary || Utf8.IsValid(payload)
        ? Send(session, payload, isBinary)
        : Send(session, Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(payload)), isBinary: false);

    /// <summary>Answers are promised to whoever asked: a client that lets them pile up beyond its queue is closed rather than answered in part.</summary>
    private static bool Send(Session session, ReadOnlySpan<byte> payload, bool isBinary)
    {
        var outcome = session.Connection.TrySend(payload, isBinary);
        if (outcome == SendOutcome.Full)
        {
            _ = session.Connection.Close(CloseReason.SlowConsumer);
        }

        return outcome == SendOutcome.Queued;
    }

    /// <summary>A message on its way. Its route is null when nothing takes it.</summary>
    private readonly record struct Call(Session Session, CompiledStage Stage, CompiledRoute? Route, PooledBytes Body, bool IsBinary);

    private static partial class Log
    {
        [LoggerMessage(EventIds.MessageFailed, LogLevel.Error, "The route {RouteKey} failed for a message of {ConnectionId}.")]
        public static partial void MessageFailed(ILogger logger, Exception exception, string routeKey, ConnectionId connectionId);
    }
}
