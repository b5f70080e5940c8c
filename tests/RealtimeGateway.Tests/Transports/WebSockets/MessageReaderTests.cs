using System.Buffers;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Fuzz.Frames;
using RealtimeGateway.Transports.WebSockets;
using static RealtimeGateway.Tests.Transports.WebSockets.ClientFrames;

namespace RealtimeGateway.Tests.Transports.WebSockets;

public class MessageReaderTests
{
    private static readonly MessageReaderLimits WithBinary = MessageReaderLimits.Default with { AllowBinary = true };
    private static readonly MessageReaderLimits Unlimited = new(0, 0, 0, AllowBinary: true);

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    public void Read_FrameCutInTwoAnywhere_GivesTheMessage(int length)
    {
        var payload = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("aé€😀", (length / 10) + 1)))[..(length / 10 * 10)];
        payload = [.. payload, .. Enumerable.Repeat((byte)'x', length - payload.Length)];
        var frame = Frame(1, payload);
        // Every cut of the header and of the payload's ends; the middle of long payloads in steps.
        for (var cut = 0; cut <= frame.Length; cut += cut is < 200 || cut > frame.Length - 200 ? 1 : 997)
        {
            using var reader = new MessageReader(Unlimited);
            if (cut < frame.Length)
            {
                Assert.Equal(ReadStatus.NeedMore, reader.Read(frame[..cut]));
            }

            Assert.Equal(ReadStatus.Message, reader.Read(cut < frame.Length ? frame[cut..] : frame));
            var message = reader.TakeMessage();
            Assert.True(message.Span.SequenceEqual(payload));
            Assert.False(message.IsBinary);
            message.Return();
        }
    }

    [Fact]
    public void Read_SeveralFramesAtOnce_GivesOneEventACall()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var input = new ReadOnlySequence<byte>([.. Text("one"), .. Frame(9, "p"u8.ToArray()), .. Frame(10, []), .. Text("two"), 0x81]);

        Assert.Equal(ReadStatus.Message, reader.Read(ref input));
        Assert.Equal("one", Take(reader));
        Assert.Equal(ReadStatus.Ping, reader.Read(ref input));
        Assert.Equal("p"u8, reader.ControlPayload);
        Assert.Equal(ReadStatus.Pong, reader.Read(ref input));
        Assert.True(reader.ControlPayload.IsEmpty);
        Assert.Equal(ReadStatus.Message, reader.Read(ref input));
        Assert.Equal("two", Take(reader));
        Assert.Equal(ReadStatus.NeedMore, reader.Read(ref input));
        Assert.True(input.IsEmpty);
        Assert.Equal(0, reader.HeldBytes);
    }

    [Fact]
    public void Read_FragmentsWithControlFramesBetween_JoinsThem()
    {
        var events = FramesTarget.Compare(
            [.. Text("He", isFinal: false), .. Frame(9, "1"u8.ToArray()), .. Frame(0, "llo"u8.ToArray(), isFinal: false), .. Frame(10, "2"u8.ToArray()), .. Frame(0, [])],
            MessageReaderLimits.Default,
            seed: 1);

        Assert.Equal([Transcript.Control("ping", "1"u8), Transcript.Control("pong", "2"u8), Transcript.Message(isBinary: false, "Hello"u8)], events);
    }

    [Fact]
    public void Read_PartOfAMessage_IsKnownAndHeldNoLongerThanNeeded()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        var frame = Text("hello");

        Assert.Equal(ReadStatus.NeedMore, reader.Read(frame[..8]));
        Assert.True(reader.IsInsideMessage);
        Assert.True(reader.HeldBytes > 0);
        Assert.Equal(ReadStatus.Message, reader.Read(frame[8..]));
        Assert.False(reader.IsInsideMessage);
        reader.TakeMessage().Return();
        Assert.Equal(0, reader.HeldBytes);
        Assert.Throws<InvalidOperationException>(() => reader.TakeMessage());
    }

    [Fact]
    public void Read_AfterAMessageNobodyTook_GivesItUp()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);

        Assert.Equal(ReadStatus.Message, reader.Read(Text("first")));
        Assert.Equal(ReadStatus.Message, reader.Read(Text("second")));
        Assert.Equal("second", Take(reader));
    }

    [Fact]
    public void Dispose_InsideAMessage_ReturnsTheBufferAndIgnoresTheRest()
    {
        var reader = new MessageReader(MessageReaderLimits.Default);
        reader.Read(Text("hello")[..8]);

        reader.Dispose();
        reader.Dispose();

        Assert.Equal(0, reader.HeldBytes);
        Assert.False(reader.IsInsideMessage);
        Assert.Equal(ReadStatus.NeedMore, reader.Read(Text("more"), out var used));
        Assert.Equal(Text("more").Length, used);
    }

    [Fact]
    public void Read_ClosePayload_IsParsedAndKeptForTheEcho()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        byte[] payload = [0x0F, 0xA0, .. "goodbye é"u8];

        Assert.Equal(ReadStatus.Close, reader.Read([.. Frame(8, payload), .. Text("ignored")], out _));
        Assert.Equal(new CloseReason(4000, "goodbye é"), reader.PeerClose);
        Assert.Equal(payload, reader.ControlPayload);
        Assert.True(reader.IsEnded);
        Assert.Equal(ReadStatus.NeedMore, reader.Read(Text("ignored"), out var used));
        Assert.Equal(Text("ignored").Length, used);
        Assert.Equal(payload, reader.ControlPayload);
    }

    [Fact]
    public void Read_CloseWithoutPayload_HasNoStatus()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);

        Assert.Equal(ReadStatus.Close, reader.Read(Frame(8, [])));
        Assert.Equal(CloseReason.NoStatus, reader.PeerClose);
    }

    [Fact]
    public void Read_CloseInsideAMessage_ReturnsItsBuffer()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);

        Assert.Equal(ReadStatus.Close, reader.Read([.. Text("half", isFinal: false), .. Frame(8, [])]));
        Assert.Equal(0, reader.HeldBytes);
    }

    // RFC 6455 §7.4: which codes may be sent.
    [Fact]
    public void Read_CloseCode_IsTakenOnlyWhenItMayBeSent()
    {
        foreach (var code in Enumerable.Range(0, 5_100).Append(65_535))
        {
            using var reader = new MessageReader(MessageReaderLimits.Default);
            var status = reader.Read(Frame(8, [(byte)(code >> 8), (byte)code]));

            var isSendable = code is 1000 or 1001 or 1002 or 1003 or (>= 1007 and <= 1014) or (>= 3000 and < 5000);
            Assert.Equal(isSendable ? ReadStatus.Close : ReadStatus.Violation, status);
            Assert.Equal(isSendable ? default : CloseReason.ProtocolError, reader.Violation);
        }
    }

    [Fact]
    public void Read_BadClosePayload_IsAViolation()
    {
        Violates(CloseReason.ProtocolError, Frame(8, [3]));
        Violates(CloseReason.InvalidUtf8, Frame(8, [3, 0xE8, 0xC3]));
        Violates(CloseReason.InvalidUtf8, Frame(8, [3, 0xE8, 0xED, 0xA0, 0x80]));
    }

    [Fact]
    public void Read_FramesInWrongOrder_IsAViolation()
    {
        Violates(CloseReason.ProtocolError, Frame(0, "x"u8.ToArray()));
        Violates(CloseReason.ProtocolError, [.. Text("x"), .. Frame(0, [])], eventsBefore: 1);
        Violates(CloseReason.ProtocolError, [.. Text("x", isFinal: false), .. Text("y")]);
        Violates(CloseReason.ProtocolError, [.. Text("x", isFinal: false), .. Frame(2, [])]);
        Violates(CloseReason.ProtocolError, [0x81, 0x05, .. "Hello"u8]);
        Violates(CloseReason.ProtocolError, [0x70]);
    }

    [Fact]
    public void Read_Binary_IsRefusedByItsHeaderUnlessAllowed()
    {
        Violates(CloseReason.BinaryNotSupported, Frame(2, new byte[1000])[..8]);

        using var reader = new MessageReader(WithBinary);
        Assert.Equal(ReadStatus.Message, reader.Read(Frame(2, [0xFF, 0xFE])));
        var message = reader.TakeMessage();
        Assert.True(message.IsBinary);
        Assert.Equal([0xFF, 0xFE], message.Span.ToArray());
    }

    [Fact]
    public void Read_FrameLimit_PassesItAndRefusesOneMoreByItsHeader()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        Assert.Equal(ReadStatus.Message, reader.Read(Frame(1, Letters(32_768))));
        Violates(CloseReason.MessageTooBig, Frame(1, Letters(32_769))[..8]);
    }

    [Fact]
    public void Read_MessageLimit_PassesItAndRefusesOneMoreByTheHeaderThatPassesIt()
    {
        byte[] most = [.. Frame(1, Letters(32_768), isFinal: false), .. Frame(0, Letters(32_768), isFinal: false), .. Frame(0, Letters(32_768), isFinal: false)];
        using var reader = new MessageReader(MessageReaderLimits.Default);
        Assert.Equal(ReadStatus.Message, reader.Read([.. most, .. Frame(0, Letters(32_768))]));
        Assert.Equal(131_072, reader.TakeMessage().Length);
        Violates(CloseReason.MessageTooBig, [.. most, .. Frame(0, Letters(32_768), isFinal: false), .. Frame(0, Letters(1))[..6]]);
    }

    [Fact]
    public void Read_MessageLimitBelowTheFrameLimit_HoldsForAMessageInOneFrame()
    {
        using var reader = new MessageReader(new MessageReaderLimits(0, 5, 0, AllowBinary: false));

        Assert.Equal(ReadStatus.Message, reader.Read(Text("hello")));
        Assert.Equal(ReadStatus.Violation, reader.Read(Text("hello!")));
        Assert.Equal(CloseReason.MessageTooBig, reader.Violation);
    }

    [Fact]
    public void Read_Fragments_AreCountedWithTheEmptyOnes()
    {
        var first = Frame(1, [], isFinal: false);
        var middle = Enumerable.Repeat(Frame(0, [], isFinal: false), 4_094).SelectMany(frame => frame).ToArray();
        using var reader = new MessageReader(MessageReaderLimits.Default);

        Assert.Equal(ReadStatus.Message, reader.Read([.. first, .. middle, .. Frame(0, [])]));
        Assert.Equal(0, reader.TakeMessage().Length);
        Assert.Equal(ReadStatus.Message, reader.Read([.. first, .. middle, .. Frame(0, [])]));
        Violates(CloseReason.TooManyFragments, [.. first, .. middle, .. Frame(0, [], isFinal: false), .. Frame(0, [])]);
    }

    [Fact]
    public void Read_LimitsOff_AcceptsWhatTheDefaultsRefuse()
    {
        using var reader = new MessageReader(Unlimited);
        var stream = Frame(2, Letters(200_000), isFinal: false).Concat(Enumerable.Repeat(Frame(0, [], isFinal: false), 5_000).SelectMany(frame => frame)).Concat(Frame(0, [])).ToArray();

        Assert.Equal(ReadStatus.Message, reader.Read(stream));
        Assert.Equal(200_000, reader.TakeMessage().Length);
    }

    [Fact]
    public void Read_LimitsChangedWhileOpen_CountFromTheNextFrame()
    {
        using var reader = new MessageReader(MessageReaderLimits.Default);
        Assert.Equal(ReadStatus.Message, reader.Read(Text("hello")));
        reader.TakeMessage().Return();

        reader.Limits = new MessageReaderLimits(4, 0, 0, AllowBinary: false);

        Assert.Equal(ReadStatus.Violation, reader.Read(Text("hello")));
        Assert.Equal(CloseReason.MessageTooBig, reader.Violation);
    }

    [Fact]
    public void Read_ControlFrames_AreNotHeldAgainstTheFrameLimit()
    {
        using var reader = new MessageReader(new MessageReaderLimits(4, 4, 1, AllowBinary: false));

        Assert.Equal(ReadStatus.Ping, reader.Read(Frame(9, Letters(125))));
        Assert.Equal(Letters(125), reader.ControlPayload);
    }

    // The cases of Autobahn 6.4: the bad byte is found in the portion it comes with, before its frame is whole.
    [Theory]
    [InlineData("CE BA E1 BD B9 CF 83 CE BC CE B5", "F4 90 80 80", "65 64 69 74 65 64")]
    [InlineData("CE BA E1 BD B9 CF 83 CE BC CE B5 F4", "90", "80 80 65 64 69 74 65 64")]
    public void Read_BadUtf8InAPortion_FailsBeforeTheFrameEnds(string good, string bad, string rest)
    {
        var frame = Frame(1, Hex(good + bad + rest));
        var goodEnd = 6 + Hex(good).Length;
        using var reader = new MessageReader(MessageReaderLimits.Default);

        Assert.Equal(ReadStatus.NeedMore, reader.Read(frame[..goodEnd]));
        Assert.Equal(ReadStatus.Violation, reader.Read(frame[goodEnd..(goodEnd + Hex(bad).Length)]));
        Assert.Equal(CloseReason.InvalidUtf8, reader.Violation);
        Assert.Equal(0, reader.HeldBytes);
    }

    [Fact]
    public void Read_BadUtf8InAFragment_FailsBeforeTheMessageEnds()
    {
        Violates(CloseReason.InvalidUtf8, [.. Frame(1, [0xF4], isFinal: false), .. Frame(0, [0x90], isFinal: false)]);
        Violates(CloseReason.InvalidUtf8, [.. Frame(1, [0xE2, 0x82], isFinal: false), .. Frame(0, [])]);
        Violates(CloseReason.InvalidUtf8, [.. Frame(1, [0xE2, 0x82], isFinal: false), .. Frame(0, Letters(40), isFinal: false)]);
    }

    [Fact]
    public void Read_CharacterCutByFragmentsAndAPing_IsWhole()
    {
        var events = FramesTarget.Compare(
            [.. Frame(1, [0xF0, 0x9F], isFinal: false), .. Frame(9, []), .. Frame(0, [0x98], isFinal: false), .. Frame(0, [0x80])], MessageReaderLimits.Default, seed: 3);

        Assert.Equal([Transcript.Control("ping", []), Transcript.Message(isBinary: false, "😀"u8)], events);
    }

    private static void Violates(CloseReason expected, byte[] stream, int eventsBefore = 0)
    {
        var events = FramesTarget.Compare(stream, MessageReaderLimits.Default, seed: stream.Length);
        Assert.Equal(eventsBefore + 1, events.Count);
        Assert.Equal(Transcript.Violation(expected), events[^1]);

        using var reader = new MessageReader(MessageReaderLimits.Default);
        for (var input = new ReadOnlySequence<byte>(stream); ;)
        {
            var status = reader.Read(ref input);
            Assert.NotEqual(ReadStatus.NeedMore, status);
            if (status == ReadStatus.Violation)
            {
                break;
            }
        }

        Assert.Equal(expected, reader.Violation);
        Assert.True(reader.IsEnded);
        Assert.Equal(ReadStatus.NeedMore, reader.Read(Text("ignored")));
    }

    private static byte[] Letters(int count) => [.. Enumerable.Repeat((byte)'a', count)];

    private static string Take(MessageReader reader)
    {
        var message = reader.TakeMessage();
        var text = Encoding.UTF8.GetString(message.Span);
        message.Return();
        return text;
    }
}
