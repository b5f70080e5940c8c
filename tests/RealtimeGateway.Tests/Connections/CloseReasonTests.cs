using System.Reflection;
using System.Text;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

public sealed class CloseReasonTests
{
    private static IEnumerable<CloseReason> All => typeof(CloseReason).GetFields(BindingFlags.Public | BindingFlags.Static)
        .Where(member => member.FieldType == typeof(CloseReason)).Select(member => (CloseReason)member.GetValue(null)!);

    /// <summary>RFC 6455 §5.5: a control frame holds 125 bytes, two of them the code.</summary>
    [Fact]
    public void Reasons_FitACloseFrame()
    {
        Assert.NotEmpty(All);
        Assert.All(All, reason => Assert.InRange(Encoding.UTF8.GetByteCount(reason.Reason), 1, 123));
    }

    /// <summary>RFC 6455 §7.4.1: 1005 and 1006 describe what was seen; every other code of ours can be said.</summary>
    [Fact]
    public void Codes_CanBeSent_ButThoseThatWereSeen() =>
        Assert.All(All, reason => Assert.Equal(reason.Code is not (1005 or 1006), CloseReason.IsSendable(reason.Code)));

    [Theory]
    [InlineData(999, false)]
    [InlineData(1000, true)]
    [InlineData(1003, true)]
    [InlineData(1004, false)]
    [InlineData(1005, false)]
    [InlineData(1006, false)]
    [InlineData(1007, true)]
    [InlineData(1014, true)]
    [InlineData(1015, false)]
    [InlineData(2999, false)]
    [InlineData(3000, true)]
    [InlineData(4999, true)]
    [InlineData(5000, false)]
    [InlineData(65535, false)]
    public void IsSendable_FollowsTheStandard(int code, bool sendable) => Assert.Equal(sendable, CloseReason.IsSendable(code));
}
