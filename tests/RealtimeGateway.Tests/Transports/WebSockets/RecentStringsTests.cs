using System.Globalization;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public sealed class RecentStringsTests
{
    private readonly RecentStrings _strings = new();

    [Fact]
    public void Share_SameText_GivesTheStringThatWasThereFirst()
    {
        var first = Fresh("chat.example.com");
        Assert.Same(first, _strings.Share(first));
        Assert.Same(first, _strings.Share(Fresh("chat.example.com")));
    }

    [Fact]
    public void Share_LongText_KeepsNothing()
    {
        var first = new string('a', 513);
        _ = _strings.Share(first);
        var second = Fresh(first);
        Assert.Same(second, _strings.Share(second));
    }

    /// <summary>More texts than there is room for: nobody gets another's.</summary>
    [Fact]
    public void Share_ManyTexts_GivesEachItsOwn()
    {
        for (var i = 0; i < 10_000; i++)
        {
            var text = i.ToString(CultureInfo.InvariantCulture);
            Assert.Equal(text, _strings.Share(Fresh(text)));
        }
    }

    private static string Fresh(string text) => new(text.AsSpan());
}
