using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class FrameMaskTests
{
    private static readonly byte[] Key = [0x37, 0xFA, 0x21, 0x3D];

    [Fact]
    public void Copy_OfAnyLengthAndRotation_IsXorWithTheRepeatedKey()
    {
        var random = new Random(1);
        for (var length = 0; length <= 300; length++)
        {
            var source = new byte[length];
            random.NextBytes(source);
            for (var rotation = 0; rotation < 4; rotation++)
            {
                // Guard bytes on both sides: overlapping words must not reach past the payload.
                var target = Enumerable.Repeat((byte)0xEE, length + 16).ToArray();
                FrameMask.Copy(source, target.AsSpan(8, length), FrameMask.Rotate(BitConverter.ToUInt32(Key), rotation));

                var expected = source.Select((value, i) => (byte)(value ^ Key[(i + rotation) % 4]));
                Assert.Equal([.. Enumerable.Repeat((byte)0xEE, 8), .. expected, .. Enumerable.Repeat((byte)0xEE, 8)], target);
            }
        }
    }

    [Fact]
    public void Copy_OneByteNotAscii_IsSeenWhereverItStands()
    {
        for (var length = 1; length <= 100; length++)
        {
            var masked = Enumerable.Range(0, length).Select(i => (byte)('a' ^ Key[i % 4])).ToArray();
            var target = new byte[length];
            Assert.True(FrameMask.Copy(masked, target, BitConverter.ToUInt32(Key)));
            for (var at = 0; at < length; at++)
            {
                masked[at] ^= 0x80;
                Assert.False(FrameMask.Copy(masked, target, BitConverter.ToUInt32(Key)));
                masked[at] ^= 0x80;
            }
        }
    }

    [Fact]
    public void Copy_ToTooShortATarget_Throws() =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameMask.Copy(new byte[9], new byte[8], 0));
}
