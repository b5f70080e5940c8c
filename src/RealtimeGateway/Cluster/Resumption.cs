namespace RealtimeGateway.Cluster;

/// <summary>
/// What <see cref="Task.WaitAsync(CancellationToken)"/> puts on top of a source with <see cref="TaskCreationOptions.RunContinuationsAsynchronously"/> is
/// completed by the thread pool, whatever context awaits it. Under a context that decides the order of everything, as a simulation's does, it must not be.
/// </summary>
internal static class Resumption
{
    /// <summary>The same task, completed in the context that called this.</summary>
    public static async Task<T> InContextAsync<T>(this Task<T> task) => await task;

    /// <summary>The same task, completed in the context that called this.</summary>
    public static async Task InContextAsync(this Task task) => await task;
}
