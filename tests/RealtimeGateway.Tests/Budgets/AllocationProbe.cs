using System.Reflection;
using BenchmarkDotNet.Attributes;

namespace RealtimeGateway.Tests.Budgets;

/// <summary>Runs a benchmark's method in this process and counts the bytes that it allocates; takes no times.</summary>
internal static class AllocationProbe
{
    private const int WarmUpCalls = 500;
    private const int Rounds = 5;
    private const int CallsPerRound = 200;

    /// <summary>
    /// The bytes of one call, from the round that allocated least: what a call allocates it allocates in each round, while a pool that
    /// the collector has just trimmed fills up again in one.
    /// </summary>
    public static double BytesPerCall(Action call)
    {
        for (var i = 0; i < WarmUpCalls; i++)
        {
            call();
        }

        var least = long.MaxValue;
        for (var round = 0; round < Rounds; round++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < CallsPerRound; i++)
            {
                call();
            }

            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return (double)least / CallsPerRound;
    }

    /// <summary>As <see cref="BytesPerCall"/> for a benchmark's method, on a fresh and set-up instance of its class.</summary>
    public static double BytesPerCall(MethodInfo benchmark)
    {
        var type = benchmark.DeclaringType!;
        var instance = Activator.CreateInstance(type)!;
        CallMarked<GlobalSetupAttribute>(instance);
        try
        {
            return BytesPerCall(Bind(instance, benchmark));
        }
        finally
        {
            CallMarked<GlobalCleanupAttribute>(instance);
        }
    }

    // Through a delegate of the method's own type: reflection would box each result, and that would be counted.
    private static Action Bind(object instance, MethodInfo benchmark) => benchmark.ReturnType == typeof(void)
        ? benchmark.CreateDelegate<Action>(instance)
        : (Action)typeof(AllocationProbe).GetMethod(nameof(BindResult), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(benchmark.ReturnType).Invoke(null, [instance, benchmark])!;

    private static Action BindResult<T>(object instance, MethodInfo benchmark)
    {
        if (typeof(T).IsAssignableTo(typeof(Task)) || typeof(T) == typeof(ValueTask)
            || (typeof(T).IsGenericType && typeof(T).GetGenericTypeDefinition() == typeof(ValueTask<>)))
        {
            throw new NotSupportedException($"{benchmark.Name} is asynchronous: what other threads allocate for it would not be counted.");
        }

        var call = benchmark.CreateDelegate<Func<T>>(instance);
        return () => call();
    }

    private static void CallMarked<TAttribute>(object instance)
        where TAttribute : Attribute
    {
        foreach (var method in instance.GetType().GetMethods().Where(static m => m.IsDefined(typeof(TAttribute))))
        {
            method.Invoke(instance, null);
        }
    }
}
