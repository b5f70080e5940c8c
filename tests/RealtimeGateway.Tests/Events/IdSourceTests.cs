using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Events;

public sealed class IdSourceTests
{
    [Fact]
    public void Ids_CarryTheNodesIncarnation_AndDiffer()
    {
        var ids = new IdSource();
        var made = Enumerable.Range(0, 1_000).Select(_ => ids.NextConnectionId()).ToArray();
        Assert.All(made, id => Assert.Equal(ids.Incarnation, id.Incarnation));
        Assert.Equal(1_000, made.Distinct().Count());
        Assert.NotEqual(ids.Incarnation, new IdSource().Incarnation);
    }

    /// <summary>Whoever knows an id may push: only the unguessable source makes them.</summary>
    [Fact]
    public void ConnectionIds_ComeFromTheUnguessableSourceOnly()
    {
        var ids = new IdSource(bytes => bytes.Fill(0xab), _ => throw new InvalidOperationException("Not for ids that must not be guessed."));
        Assert.Equal(0xababababu, ids.Incarnation);
        Assert.True(ids.NextConnectionId().Tail.SequenceEqual(Enumerable.Repeat((byte)0xab, 8).ToArray()));
    }

    [Fact]
    public void MessageIds_EndAsTheirConnections()
    {
        var ids = new IdSource();
        var connection = ids.NextConnectionId();
        var messages = Enumerable.Range(0, 100).Select(_ => ids.NextMessageId(connection)).ToArray();
        Assert.All(messages, message => Assert.True(message.Tail.SequenceEqual(connection.Tail)));
        Assert.Equal(100, messages.Distinct().Count());
    }

    [Fact]
    public void RequestIds_HaveAmazonsForm_AndDiffer()
    {
        var ids = new IdSource();
        var made = Enumerable.Range(0, 1_000).Select(_ => ids.NextRequestId()).ToArray();
        Assert.All(made, id => Assert.Matches("^[A-Za-z0-9_-]{15}=$", id.ToString()));
        Assert.Equal(1_000, made.Distinct().Count());
        Assert.Equal(1_000, made.Select(id => id.ToString()).Distinct().Count());
    }

    [Fact]
    public void RequestIds_AreReadAsTheyArePrinted()
    {
        var ids = new IdSource();
        Assert.All(Enumerable.Range(0, 1_000), _ =>
        {
            var id = ids.NextRequestId();
            Assert.True(RequestId.TryParse(id.ToString(), out var read));
            Assert.Equal(id, read);
        });
        Assert.All(["", "AAAAAAAAAAAAAAA", "AAAAAAAAAAAAAAAA", "AAAAAAAAAAAAAA==", "AAAAAAA AAAAAAA=", "AAAAAAAAAAAAAAAA="], text => Assert.False(RequestId.TryParse(text, out _), text));
    }

    /// <summary>RFC 9562 §5.4.</summary>
    [Fact]
    public void Uuids_AreOfVersion4_AndDiffer()
    {
        var ids = new IdSource();
        var made = Enumerable.Range(0, 1_000).Select(_ => ids.NextUuid()).ToArray();
        Assert.All(made, id => Assert.Equal((4, 0b10), (id.Version, id.Variant >> 2)));
        Assert.Equal(1_000, made.Distinct().Count());
    }

    [Fact]
    public void Renew_NamesANewIncarnationFromThenOn()
    {
        var drawn = (byte)0;
        // The second draw repeats the first: an incarnation that is over must not come back.
        var ids = new IdSource(bytes => bytes.Fill((byte)(drawn++ / 2)), bytes => bytes.Clear());
        var first = ids.Incarnation;

        Assert.Equal(first, ids.Renew());
        Assert.NotEqual(first, ids.Incarnation);
        Assert.Equal(ids.Incarnation, ids.NextConnectionId().Incarnation);
    }
}
