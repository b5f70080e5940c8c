using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Diagnostics;
using RealtimeGateway.Events;
using RealtimeGateway.Integrations;

namespace RealtimeGateway.Dispatch;

/// <summary>Writes down what became of every event: in the event itself, in the metrics and in the stage's access log.</summary>
internal sealed class EventRecorder(GatewayMetrics metrics, TimeProvider time)
{
    /// <summary>Records that an event has come.</summary>
    public static void Begins(CompiledStage stage, CompiledRoute? route, EventContext context) =>
        ExecutionSteps.Begin(route is null ? stage.ExecutionLog : route.ExecutionLog, context);

    /// <summary>To be called right before an integration is; what it returns goes to <see cref="CallEnded"/>.</summary>
    public long CallStarts(CompiledRoute route) => route.IsMock ? 0 : time.GetTimestamp();

    /// <summary>Records a call of an integration, once for each try.</summary>
    /// <returns>What the outcome means.</returns>
    public Verdict CallEnded(CompiledRoute route, EventContext context, in IntegrationOutcome outcome, long startedAt)
    {
        var verdict = Verdict.Of(outcome, route.IntegrationType);
        // A back end that was not called took no time.
        if (startedAt != 0 && outcome.Status != IntegrationStatus.Refused)
        {
            var took = time.GetElapsedTime(startedAt).TotalMilliseconds;
            context.IntegrationLatencyMilliseconds = (long)took;
            metrics.IntegrationTook(took, route.Tags);
        }

        return verdict;
    }

    /// <summary>Records that a client was let in or refused.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="context">The event.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="wasIntegrationCalled">Whether the <c>$connect</c> integration was asked.</param>
    public void Connected(CompiledStage stage, EventContext context, in Verdict verdict, bool wasIntegrationCalled)
    {
        var tags = stage.Routes.Connect?.Tags ?? stage.Tags;
        if (wasIntegrationCalled)
        {
            metrics.Connect(tags);
        }

        End(stage, context, verdict, tags);
    }

    /// <summary>Records what became of a message.</summary>
    /// <param name="stage">The stage.</param>
    /// <param name="route">Its route; null when it has none.</param>
    /// <param name="context">The event.</param>
    /// <param name="verdict">What became of it.</param>
    /// <param name="wasAnswered">Whether the integration's answer went back to the client.</param>
    public void Dispatched(CompiledStage stage, CompiledRoute? route, EventContext context, in Verdict verdict, bool wasAnswered)
    {
        var tags = route?.Tags ?? stage.Tags;
        // What the gateway refuses counts as an error and not as a message, as on AWS.
        if (verdict.Fault != EventFault.Client)
        {
            metrics.MessageIn(tags);
        }

        if (wasAnswered)
        {
            metrics.MessageOut(tags);
        }

        End(stage, context, verdict, tags);
    }

    /// <summary>Records that a connection opened. What it returns goes to <see cref="Closed"/>.</summary>
    public bool Opened(CompiledStage stage) => metrics.Opened(stage.Tags);

    /// <summary>Records that a connection ended.</summary>
    public void Closed(CompiledStage stage, CloseReason reason, bool wasCounted) => metrics.Closed(reason.Code, wasCounted, stage.Tags);

    /// <summary>Records what became of telling the back end that a connection ended. It counts as a message even where nobody is told, as on AWS.</summary>
    public void Disconnected(CompiledStage stage, EventContext context, in Verdict verdict)
    {
        var tags = stage.Routes.Disconnect?.Tags ?? stage.Tags;
        metrics.MessageIn(tags);
        End(stage, context, verdict, tags);
    }

    private void End(CompiledStage stage, EventContext context, in Verdict verdict, MetricTags tags)
    {
        ExecutionSteps.End(context, verdict);
        context.Status = verdict.Status;
        context.Error = verdict.Error;
        if (verdict.Fault != EventFault.None)
        {
            metrics.Failed(verdict.Fault, verdict.ErrorType, tags);
        }

        stage.AccessLog?.Write(context, context.Scratch);
    }
}
