using System.Reflection;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Tests.Architecture;

public sealed class EventIdTests
{
    [Fact]
    public void EventIds_AreUnique()
    {
        var ids = typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => (field.Name, Id: (int)field.GetRawConstantValue()!)).ToArray();
        Assert.NotEmpty(ids);
        Assert.All(ids.GroupBy(id => id.Id), group => Assert.True(group.Count() == 1, string.Join(", ", group.Select(id => id.Name))));
    }

    /// <summary>Every log line names its event in the one list, and every name in the list is logged.</summary>
    [Fact]
    public void LogLines_AndTheList_AgreeOneToOne()
    {
        var text = string.Concat(Sources.Of("RealtimeGateway").Where(file => file.Key != "Diagnostics/EventIds.cs").Select(file => file.Value));
        var messages = System.Text.RegularExpressions.Regex.Count(text, @"\[LoggerMessage\(");
        var named = System.Text.RegularExpressions.Regex.Matches(text, @"\[LoggerMessage\(EventIds\.(\w+)").Select(match => match.Groups[1].Value).ToArray();
        Assert.Equal(messages, named.Length);
        Assert.Equal(named.Distinct().Order(StringComparer.Ordinal), named.Order(StringComparer.Ordinal));
        Assert.Equal(
            typeof(EventIds).GetFields(BindingFlags.Public | BindingFlags.Static).Select(field => field.Name).Order(StringComparer.Ordinal),
            named.Order(StringComparer.Ordinal));
    }
}
