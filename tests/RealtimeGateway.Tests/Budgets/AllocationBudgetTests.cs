using System.Reflection;
using System.Text.Json;
using BenchmarkDotNet.Attributes;
using RealtimeGateway.Benchmarks.Transports.WebSockets;

namespace RealtimeGateway.Tests.Budgets;

/// <summary>Holds the hot path to benchmarks/budgets.json: benchmark name → bytes that one operation may allocate.</summary>
public sealed class AllocationBudgetTests
{
    private static readonly Assembly Benchmarks = typeof(MessageReadBenchmarks).Assembly;

    public static TheoryData<string, long> Budgets => [.. ReadBudgets().Select(static budget => (budget.Key, budget.Value))];

    [Theory]
    [MemberData(nameof(Budgets))]
    public void Run_BudgetedBenchmark_AllocatesNoMoreThanItsBudget(string name, long budget)
    {
        var benchmark = FindBenchmarks().GetValueOrDefault(name);
        Assert.True(benchmark is not null, $"budgets.json names '{name}', which is no benchmark; it was renamed or removed.");

        var bytes = AllocationProbe.BytesPerCall(benchmark);

        Assert.True(bytes <= budget, $"{name} allocates {bytes:0.##} bytes a call; its budget is {budget}.");
    }

    [Fact]
    public void ListBenchmarks_EachOfThem_HasABudget()
    {
        var without = FindBenchmarks().Keys.Except(ReadBudgets().Keys);

        Assert.Empty(without);
    }

    [Fact]
    public void Probe_CallThatAllocates_CountsItsBytes()
    {
        byte[] kept = [];

        var bytes = AllocationProbe.BytesPerCall(() => kept = new byte[100]);

        // 100 bytes, an object header, a method table, a length, rounded up to 8.
        Assert.Equal(128, bytes);
        Assert.Equal(100, kept.Length);
    }

    [Fact]
    public void Probe_CallThatReturnsAValue_DoesNotCountBoxes()
    {
        var benchmark = typeof(FrameWriteBenchmarks).GetMethod(nameof(FrameWriteBenchmarks.Pong))!;

        Assert.Equal(typeof(int), benchmark.ReturnType);
        Assert.Equal(0, AllocationProbe.BytesPerCall(benchmark));
    }

    private static Dictionary<string, MethodInfo> FindBenchmarks() => Benchmarks.GetTypes()
        .SelectMany(static type => type.GetMethods())
        .Where(static method => method.IsDefined(typeof(BenchmarkAttribute)))
        .ToDictionary(static method => $"{method.DeclaringType!.FullName}.{method.Name}");

    private static Dictionary<string, long> ReadBudgets()
    {
        using var stream = Benchmarks.GetManifestResourceStream("budgets.json")!;
        return JsonSerializer.Deserialize<Dictionary<string, long>>(stream)!;
    }
}
