using System.Buffers;
using System.Text;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class IncrementalUtf8Tests
{
    [Fact]
    public void TryAdvance_EveryBeginningOfThreeBytes_AgreesWithTheRuntime()
    {
        Span<byte> text = stackalloc byte[3];
        for (var value = 0; value < 1 << 24; value += (value & 0xFF) is 0 or 0x7F or 0x80 or 0xBE or 0xBF or 0xC2 or 0xFF ? 1 : StepTo(value))
        {
            (text[0], text[1], text[2]) = ((byte)(value >> 16), (byte)(value >> 8), (byte)value);
            var validated = 0;
            if (CanBegin(text) != IncrementalUtf8.TryAdvance(text, ref validated))
            {
                Assert.Fail(Convert.ToHexString(text));
            }
        }
    }

    [Fact]
    public void TryAdvance_EveryScalarByteByByte_IsValidAndUnfinishedUntilItsLastByte()
    {
        Span<byte> bytes = stackalloc byte[4];
        for (var scalar = 0; scalar <= 0x10FFFF; scalar += scalar is > 0x900 and < 0xD700 or > 0xE100 and < 0x10FF00 ? 61 : 1)
        {
            if (!Rune.TryCreate(scalar, out var rune))
            {
                continue;
            }

            var length = rune.EncodeToUtf8(bytes);
            var validated = 0;
            for (var i = 1; i <= length; i++)
            {
                if (!IncrementalUtf8.TryAdvance(bytes[..i], ref validated) || validated != (i == length ? length : 0))
                {
                    Assert.Fail($"U+{scalar:X4} after {i} bytes");
                }
            }
        }
    }

    // The shortest text that shows the mistake, and that all of it but the last byte does not.
    [Theory]
    [InlineData("80")]
    [InlineData("C0")]
    [InlineData("C1")]
    [InlineData("F5")]
    [InlineData("FF")]
    [InlineData("E0 9F")]
    [InlineData("ED A0")]
    [InlineData("F0 8F")]
    [InlineData("F4 90")]
    [InlineData("C2 41")]
    [InlineData("E2 82 41")]
    [InlineData("F0 9F 98 41")]
    [InlineData("CE BA E1 BD B9 CF 83 CE BC CE B5 F4 90")]
    public void TryAdvance_FirstByteThatCannotBecomeUtf8_Fails(string hex)
    {
        var text = ClientFrames.Hex(hex);
        var validated = 0;

        Assert.True(IncrementalUtf8.TryAdvance(text.AsSpan(0, text.Length - 1), ref validated));
        Assert.False(IncrementalUtf8.TryAdvance(text, ref validated));
    }

    // Third bytes within one class behave alike: their edges, and one of the middle, are enough.
    private static int StepTo(int value) => (value & 0xFF) switch
    {
        < 0x7F => 0x7F - (value & 0xFF),
        < 0xBE => 0xBE - (value & 0xFF),
        < 0xC2 => 0xC2 - (value & 0xFF),
        _ => 0xFF - (value & 0xFF),
    };

    private static bool CanBegin(ReadOnlySpan<byte> text)
    {
        while (!text.IsEmpty)
        {
            switch (Rune.DecodeFromUtf8(text, out _, out var used))
            {
                case OperationStatus.Done:
                    text = text[used..];
                    break;
                case OperationStatus.NeedMoreData:
                    return true;
                default:
                    return false;
            }
        }

        return true;
    }
}
