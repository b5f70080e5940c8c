using System.Globalization;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>Calls connections through whichever node the load balancer gives, and retries as the AWS SDKs do: four attempts in all, after 429 and 5xx and lost answers, under one name.</summary>
internal sealed class SimulatedCaller(SimulatedFleet fleet)
{
    private const int MaxAttempts = 4;
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(5);
    private readonly Random _random = fleet.Loop.Fork();

    /// <summary>Calls, and retries.</summary>
    /// <returns>The last answer; 0: none came.</returns>
    public async Task<int> CallAsync(string kind, ConnectionId id)
    {
        var number = fleet.NextCall();
        var name = string.Create(CultureInfo.InvariantCulture, $"{number}");
        for (var attempt = 1; ; attempt++)
        {
            var status = await TryAsync(kind, id, number, fleet.Mutations.RenamesRetries ? $"{name}-{attempt}" : name);
            if (attempt == MaxAttempts || status is not (0 or 429 or >= 500))
            {
                return status;
            }

            await Task.Delay(TimeSpan.FromMilliseconds(_random.Next(20, 100 << attempt)), fleet.Clock);
        }
    }

    private async Task<int> TryAsync(string kind, ConnectionId id, long number, string name)
    {
        var node = fleet.PickForCall(_random);
        fleet.History.Add(fleet.Loop.Now, HistoryKind.AttemptBegan, node.Number, id, number, text: kind);
        var answer = new TaskCompletionSource<int>();
        var due = fleet.Loop.Now + _random.NextInt64(1_000, 20_000);
        fleet.Loop.Schedule(node.Lane, due, () => node.Serve(kind, id, number, name, answer));
        // Its system refuses what comes after its end.
        fleet.Loop.Schedule(fleet.World, due, () =>
        {
            if (node.Lane.IsDead)
            {
                node.Refuse(answer);
            }
        });
        var status = 0;
        try
        {
            status = await answer.Task.WaitAsync(AnswerTimeout, fleet.Clock);
            if (_random.NextDouble() < fleet.Redis.Weather.AnswerLoss)
            {
                status = 0;
            }
        }
        catch (TimeoutException)
        {
            // The node stands still, or the answer is lost: the SDK knows nothing and tries again.
        }

        fleet.History.Add(fleet.Loop.Now, HistoryKind.AttemptEnded, node.Number, id, number, status, kind);
        return status;
    }
}
