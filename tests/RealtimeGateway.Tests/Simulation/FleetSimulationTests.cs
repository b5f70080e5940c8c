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

    /// <summary>What is broken in a simulated part is found: the checkers see, and the seeds lead to it.</summary>
    [Theory]
    [InlineData(nameof(Mutations.DropsDeliveryKeys), "P2")]
    [InlineData(nameof(Mutations.RenamesRetries), "P2")]
    [InlineData(nameof(Mutations.KeepsRun), "Reaping")]
    [InlineData(nameof(Mutations.IgnoresLock), "P7")]
    [InlineData(nameof(Mutations.IgnoresTombstones), "P5")]
    [InlineData(nameof(Mutations.DropsRecords), "P7")]
    [InlineData(nameof(Mutations.LiesAboutSending), "P1")]
    [InlineData(nameof(Mutations.ShufflesTransports), "P1")]
    public void Run_PartBrokenOnPurpose_IsFound(string broken, string law)
    {
        using var watch = new EscapeWatch();
        using var parts = new StageParts();
        var mutations = Broken(broken);
        for (var seed = 1; seed <= DefaultSeeds; seed++)
        {
            using var fleet = new SimulatedFleet(seed, parts, mutations);
            fleet.Run();
            if (Laws.Check(fleet.History).Exists(violation => violation.StartsWith(law, StringComparison.Ordinal)))
            {
                TestContext.Current.SendDiagnosticMessage("{0}: found by seed {1}", broken, seed);
                return;
            }
        }

        Assert.Fail($"{broken} was not found in {DefaultSeeds} seeds.");
    }

    private static Mutations Broken(string part) => part switch
    {
        nameof(Mutations.DropsDeliveryKeys) => new() { DropsDeliveryKeys = true },
        nameof(Mutations.RenamesRetries) => new() { RenamesRetries = true },
        nameof(Mutations.KeepsRun) => new() { KeepsRun = true },
        nameof(Mutations.IgnoresLock) => new() { IgnoresLock = true },
        nameof(Mutations.IgnoresTombstones) => new() { IgnoresTombstones = true },
        nameof(Mutations.DropsRecords) => new() { DropsRecords = true },
        nameof(Mutations.LiesAboutSending) => new() { LiesAboutSending = true },
        nameof(Mutations.ShufflesTransports) => new() { ShufflesTransports = true },
        _ => throw new ArgumentOutOfRangeException(nameof(part), part, "There is no such mutation."),
    };

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
