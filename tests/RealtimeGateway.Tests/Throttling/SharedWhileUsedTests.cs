using System.Runtime.CompilerServices;
using RealtimeGateway.Throttling;

namespace RealtimeGateway.Tests.Throttling;

public sealed class SharedWhileUsedTests
{
    private readonly SharedWhileUsed<string, object> _shared = new();
    private int _made;

    [Fact]
    public void Get_HeldObject_IsTheSame()
    {
        var first = Get("a");

        Collect();

        Assert.Same(first, Get("a"));
        Assert.Equal(1, _made);
        GC.KeepAlive(first);
    }

    [Fact]
    public void Get_ObjectThatNobodyHolds_IsMadeAnew()
    {
        Drop();
        Collect();

        _ = Get("a");

        Assert.Equal(2, _made);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private void Drop() => _ = Get("a");

    private object Get(string key) => _shared.Get(key, _ =>
    {
        _made++;
        return new object();
    });

    private static void Collect()
    {
        GC.Collect();
        GC.WaitForPendingFinalizers();
        GC.Collect();
    }
}
