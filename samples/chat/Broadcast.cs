using System.Collections.Concurrent;

namespace RealtimeGateway.Samples.Chat;

/// <summary>Sends one frame to many connections, so many at a time.</summary>
internal sealed class Broadcast(ConnectionsClient connections)
{
    private const int MaxAtOnce = 32;

    /// <returns>The connections that turned out to be gone.</returns>
    public async Task<IReadOnlyCollection<string>> SendAsync(
        IEnumerable<string> connectionIds, ServerFrame frame, CancellationToken cancellationToken)
    {
        var payload = frame.ToUtf8();
        var gone = new ConcurrentBag<string>();
        var options = new ParallelOptions { MaxDegreeOfParallelism = MaxAtOnce, CancellationToken = cancellationToken };
        await Parallel.ForEachAsync(connectionIds, options, async (id, token) =>
        {
            if (await connections.PostAsync(id, payload, token) == PushOutcome.Gone)
            {
                gone.Add(id);
            }
        });
        return gone;
    }
}
