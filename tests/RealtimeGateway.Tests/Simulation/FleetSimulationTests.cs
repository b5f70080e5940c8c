using System.Globalization;
using System.Text;
using RealtimeGateway.Tests.Simulation.Checking;

namespace RealtimeGateway.Tests.Simulation;

/// <summary>
/// Whole fleets under faults, one for each seed. <c>RG_SEEDS</c>: how many (2,000); <c>RG_SEED</c>: only this one, with its whole history.
/// </summary>
public sealed class FleetSimulationTests
{
    private const int DefaultSeeds = 2_000;
    private const int TailEntries = 60;

    [Fact]
    public void Run_ManySeeds_KeepsEveryPromise()
    {
        using var watch = new EscapeWatch();
        using var parts = new StageParts();
        var only = Number("RG_SEED");
        var (first, count) = only is { } seed ? (seed, 1) : (Number("RG_FIRST") ?? 1, Number("RG_SEEDS") ?? DefaultSeeds);
        var failures = new List<string>();
        for (var next = first; next < first + count; next++)
        {
            if (Failure(next, parts, Mutations.None, isWhole: only is not null) is { } failure)
            {
                failures.Add(failure);
            }

            TestContext.Current.CancellationToken.ThrowIfCancellationRequested();
        }

        if (failures.Count > 0)
        {
            Assert.Fail($"{failures.Count} of {count} seeds failed.\n{string.Join("\n\n", failures.Take(Number("RG_SHOW") ?? 3))}");
        }
    }

    [Fact]
    public void Run_SameSeedTwice_IsTheSame()
    {
        using var watch = new EscapeWatch();
        using var parts = new StageParts();
        for (var seed = 1; seed <= 20; seed++)
        {
            Assert.Equal(Digest(seed, parts), Digest(seed, parts));
        }

        Assert.NotEqual(Digest(1, parts), Digest(2, parts));
    }

    private static ulong Digest(int seed, StageParts parts)
    {
        using var fleet = new SimulatedFleet(seed, parts, Mutations.None);
        fleet.Run();
        return fleet.History.Digest();
    }

    private static string? Failure(int seed, StageParts parts, Mutations mutations, bool isWhole)
    {
        using var fleet = new SimulatedFleet(seed, parts, mutations);
        var problems = new List<string>();
        try
        {
            fleet.Run();
            problems.AddRange(Laws.Check(fleet.History));
        }
        catch (SimulationException exception)
        {
            problems.Add(exception.Message);
        }

        if (problems.Count == 0)
        {
            return null;
        }

        var text = new StringBuilder();
        text.AppendLine(CultureInfo.InvariantCulture, $"Seed {seed} (run it alone with RG_SEED={seed}), weather {fleet.Weather}:");
        foreach (var problem in problems.Take(8))
        {
            text.Append("  ").AppendLine(problem);
        }

        foreach (var entry in fleet.History.Entries.Skip(isWhole ? 0 : fleet.History.Entries.Count - TailEntries))
        {
            text.AppendLine(entry.ToString());
        }

        return text.ToString();
    }

    private static int? Number(string variable) =>
        int.TryParse(Environment.GetEnvironmentVariable(variable), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;
}
