using System.Text;
using CsCheck;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Connections;

public sealed class ConnectionIdTests
{
    [Fact]
    public void TryParse_OfWhatWasPrinted_GivesTheSame()
    {
        Gen.Select(Gen.UInt, Gen.Byte.Array[9]).Sample((incarnation, random) =>
        {
            var id = ConnectionId.Create(incarnation, random);
            var text = id.ToString();
            Assert.Matches("^[A-Za-z0-9_-]{18}==$", text);
            Assert.True(ConnectionId.TryParse(text, out var parsed));
            Assert.Equal(id, parsed);
            Assert.Equal(incarnation, parsed.Incarnation);
            Assert.True(parsed.Tail.SequenceEqual(random.AsSpan(1)));
            Span<byte> utf8 = stackalloc byte[ConnectionId.TextLength];
            Assert.True(id.TryFormat(utf8, out var written));
            Assert.Equal(text, Encoding.ASCII.GetString(utf8[..written]));
        });
    }

    [Theory]
    [InlineData("")]
    [InlineData("AAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAA=A")]
    [InlineData("AAAAAAAAAAAAAAAAAA= ")]
    [InlineData("AAAAAAAAAAAAAAAAAAA=")]
    [InlineData("AAAAAAAAAAAAAAAAAAAA")]
    [InlineData("AAAAAAAAAAAAAAAAAA===")]
    [InlineData("AAAAAAAAAAAAAAAAAB==")]
    [InlineData("AAAAAAAAAAAAAAAAAP==")]
    [InlineData("AAAAAAAAAAAAAAAA =AA")]
    [InlineData(" AAAAAAAAAAAAAAAAA==")]
    [InlineData("AAAAAAAAAAAAAAAAA\n==")]
    [InlineData("AAAAAAAAAAAAAAAA+A==")]
    [InlineData("AAAAAAAAAAAAAAAA/A==")]
    [InlineData("AAAAAAAAAAAAAAAA%A==")]
    [InlineData("AAAAAAAAAAAAAAAA\u00e4A==")]
    [InlineData("AAAAAAAAAAAAAAA=AA==")]
    [InlineData("====================")]
    [InlineData("!!!!!!!!!!!!!!!!!!==")]
    public void TryParse_OfAnythingElse_IsFalse(string text)
    {
        Assert.False(ConnectionId.TryParse(text, out var id));
        Assert.Equal(default, id);
    }

    /// <summary>No text makes it throw, and what it takes is the one spelling there is.</summary>
    [Fact]
    public void TryParse_OfRandomText_NeverThrows_AndIsCanonical()
    {
        Gen.Char["ABgwQ_-=+/ \n\u00e4"].Array[16, 22].Sample(
            chars => !ConnectionId.TryParse(chars, out var id) || id.ToString() == new string(chars), iter: 100_000);
    }

    [Fact]
    public void TryFormat_IntoTooLittle_IsFalse()
    {
        var id = ConnectionId.Create(7, new byte[9]);
        Assert.False(id.TryFormat(new char[19], out var chars));
        Assert.False(id.TryFormat(new byte[19], out var bytes));
        Assert.Equal((0, 0), (chars, bytes));
    }
}
