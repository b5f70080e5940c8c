using System.Diagnostics.Tracing;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// Sees at once, and not only when it comes back, that code on a simulation's thread hands something to the thread pool: the runtime tells of
/// each such hand-over on the very thread that makes it.
/// </summary>
internal sealed class EscapeWatch : EventListener
{
    /// <summary>FrameworkEventSource's keyword of thread pool events.</summary>
    private const EventKeywords ThreadPoolKeyword = (EventKeywords)0x2;

    /// <summary>Which loop the thread runs. Static by need: events come with no other context than their thread.</summary>
    [ThreadStatic]
    private static SimulationLoop? _loop;

    /// <summary>Begins to watch.</summary>
    public EscapeWatch()
    {
        // The thread pool looks only when it begins to work whether anybody listens.
        using var done = new ManualResetEventSlim();
        ThreadPool.UnsafeQueueUserWorkItem(static state => ((ManualResetEventSlim)state!).Set(), done);
        done.Wait(TimeSpan.FromSeconds(10));
    }

    /// <summary>Tells every watch that the calling thread runs <paramref name="loop"/>, until what is returned is disposed.</summary>
    public static IDisposable Enter(SimulationLoop loop)
    {
        _loop = loop;
        return new Exit();
    }

    /// <inheritdoc/>
    protected override void OnEventSourceCreated(EventSource eventSource)
    {
        if (eventSource.Name == "System.Diagnostics.Eventing.FrameworkEventSource")
        {
            EnableEvents(eventSource, EventLevel.Verbose, ThreadPoolKeyword);
        }
    }

    /// <inheritdoc/>
    protected override void OnEventWritten(EventWrittenEventArgs eventData)
    {
        if (_loop is { } loop && eventData.EventName is "ThreadPoolEnqueueWork" or "ThreadPoolEnqueueWorkObject")
        {
            loop.Fail(new SimulationException($"Work was handed to the thread pool: it has escaped from the loop.\n{Environment.StackTrace}"));
        }
    }

    private sealed class Exit : IDisposable
    {
        public void Dispose() => _loop = null;
    }
}
