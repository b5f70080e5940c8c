namespace RealtimeGateway.Load.Suite.Servers;

/// <summary>One of those who are measured side by side: a running server and where it is reached.</summary>
/// <param name="Name">As the tables call it.</param>
/// <param name="Processes">What was started for it; their processor time is added up.</param>
/// <param name="WebSocket">Where clients connect.</param>
/// <param name="Callback">Before <c>/@connections/{id}</c>.</param>
/// <param name="Broadcast">Where one POST reaches every connection; <see langword="null"/>: nowhere.</param>
internal sealed record Subject(string Name, IReadOnlyList<ServerProcess> Processes, Uri WebSocket, Uri Callback, Uri? Broadcast = null) : IDisposable
{
    public IReadOnlyList<int> ProcessIds => [.. Processes.SelectMany(static process => process.Ids)];

    public void Dispose()
    {
        foreach (var process in Processes)
        {
            process.Dispose();
        }
    }
}
