using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Dispatch;

public sealed class DisconnectTellerTests
{
    /// <summary>Nodes of any version, and back ends, may work it out: it must not change.</summary>
    [Fact]
    public void RequestIdOf_IsTheBeginningOfSha256OverTheText()
    {
        var id = ConnectionId.Create(0x01020304, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
        var digest = SHA256.HashData(Encoding.ASCII.GetBytes("AQIDBAECAwQFBgcICQ=="));

        Assert.Equal("AQIDBAECAwQFBgcICQ==", id.ToString());
        Assert.Equal(new RequestId(digest), DisconnectTeller.RequestIdOf(id));
    }

    [Fact]
    public void RequestIdOf_AnotherConnection_Differs() =>
        Assert.NotEqual(
            DisconnectTeller.RequestIdOf(ConnectionId.Create(1, [1, 2, 3, 4, 5, 6, 7, 8, 9])),
            DisconnectTeller.RequestIdOf(ConnectionId.Create(1, [1, 2, 3, 4, 5, 6, 7, 8, 8])));
}
