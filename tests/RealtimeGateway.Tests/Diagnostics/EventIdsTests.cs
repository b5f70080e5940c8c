using System.Reflection;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Diagnostics;

public sealed class EventIdsTests
{
    [Fact]
    public void EachId_IsUsedOnce()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(static field => (int)field.GetRawConstantValue()!).ToArray();

        Assert.True(ids.Length > 10);
        Assert.Equal(ids.Length, ids.Distinct().Count());
    }
}
