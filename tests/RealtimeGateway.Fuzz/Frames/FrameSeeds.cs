using System.Buffers;
using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Fuzz.Frames;

/// <summary>The seeds of the <c>frames</c> corpus: one for each rule, and some that keep to all of them.</summary>
internal static class FrameSeeds
{
    private const uint Key = 0x3D21_FA37;
    private const string DefaultLimits = "0000";
    private const string WithBinary = "0107";
    private const string SmallLimits = "0211";
    private const string NoLimits = "0303";
    private const string ShortMessages = "0405";

    public static readonly IReadOnlyList<KeyValuePair<string, byte[]>> All =
    [
        Seed("rfc-masked-hello", DefaultLimits, "818537fa213d7f9f4d5158"),
        Seed("rfc-unmasked-hello", DefaultLimits, "810548656c6c6f"),
        Seed("rfc-masked-ping-hello", DefaultLimits, "898537fa213d7f9f4d5158"),
        Seed("empty-text", DefaultLimits, "818000000000"),
        Seed("fragments-with-ping-between", DefaultLimits, [
            .. Frame(Opcode.Text, "Hel", isFinal: false), .. Frame(Opcode.Ping, "p"), .. Frame(Opcode.Continuation, ""u8, isFinal: false), .. Frame(Opcode.Continuation, "lo")]),
        Seed("three-messages", DefaultLimits, [.. Frame(Opcode.Text, "{\"action\":\"a\"}"), .. Frame(Opcode.Pong, ""), .. Frame(Opcode.Text, "два"), .. Frame(Opcode.Text, "")]),
        Seed("character-cut-by-fragments", DefaultLimits, [.. Frame(Opcode.Text, [0xF0, 0x9F], isFinal: false), .. Frame(Opcode.Continuation, [0x98, 0x80])]),
        Seed("character-cut-by-end", DefaultLimits, [.. Frame(Opcode.Text, [0xE2, 0x82])]),
        Seed("overlong-two", DefaultLimits, [.. Frame(Opcode.Text, [0xC0, 0xAF])]),
        Seed("overlong-three", DefaultLimits, [.. Frame(Opcode.Text, [0xE0, 0x80, 0xAF])]),
        Seed("overlong-four", DefaultLimits, [.. Frame(Opcode.Text, [0xF0, 0x80, 0x80, 0xAF])]),
        Seed("surrogate", DefaultLimits, [.. Frame(Opcode.Text, [0xED, 0xA0, 0x80])]),
        Seed("over-10ffff", DefaultLimits, [.. Frame(Opcode.Text, [0xCE, 0xBA, 0xF4, 0x90, 0x80, 0x80, 0x65])]),
        Seed("stray-continuation-byte", DefaultLimits, [.. Frame(Opcode.Text, [0x61, 0x80])]),
        Seed("binary-refused", DefaultLimits, [.. Frame(Opcode.Binary, [1, 2, 3])]),
        Seed("binary-taken", WithBinary, [.. Frame(Opcode.Binary, [0xFF, 0x00, 0xFE], isFinal: false), .. Frame(Opcode.Continuation, [0x80])]),
        Seed("length-126", DefaultLimits, [.. Frame(Opcode.Text, new string('a', 126))]),
        Seed("length-65536-cut", NoLimits, "81ff000000000001000000000000" + "616263"),
        Seed("length-not-minimal-16", DefaultLimits, "81fe007d00000000"),
        Seed("length-not-minimal-64", DefaultLimits, "81ff000000000000ffff00000000"),
        Seed("length-negative", DefaultLimits, "81ff800000000000000000000000"),
        Seed("length-one-tebibyte", NoLimits, "82ff000001000000000001020304" + "aabbcc"),
        Seed("frame-over-limit", SmallLimits, [.. Frame(Opcode.Text, new string('c', 65))]),
        Seed("message-over-limit", SmallLimits, [.. Enumerable.Range(0, 4).SelectMany(i => Frame(i == 0 ? Opcode.Text : Opcode.Continuation, new string('d', 60), i == 3))]),
        Seed("message-over-limit-in-one-frame", ShortMessages, [.. Frame(Opcode.Text, new string('e', 20)), .. Frame(Opcode.Text, new string('e', 21))]),
        Seed("too-many-fragments", SmallLimits, [.. Enumerable.Range(0, 6).SelectMany(i => Frame(i == 0 ? Opcode.Text : Opcode.Continuation, "", i == 5))]),
        Seed("continuation-of-nothing", DefaultLimits, [.. Frame(Opcode.Continuation, "x")]),
        Seed("text-within-text", DefaultLimits, [.. Frame(Opcode.Text, "x", isFinal: false), .. Frame(Opcode.Text, "y")]),
        Seed("reserved-opcode-3", DefaultLimits, "838000000000"),
        Seed("reserved-opcode-11", DefaultLimits, "8b8000000000"),
        Seed("rsv1-on-text", DefaultLimits, "c18000000000"),
        Seed("rsv3-on-ping", DefaultLimits, "998000000000"),
        Seed("ping-fragmented", DefaultLimits, [.. Frame(Opcode.Ping, "x", isFinal: false)]),
        Seed("ping-too-long", DefaultLimits, "89fe007e00000000"),
        Seed("ping-125", DefaultLimits, [.. Frame(Opcode.Ping, new string('p', 125))]),
        Seed("close-empty-then-more", DefaultLimits, [.. Frame(Opcode.Close, ""), .. Frame(Opcode.Text, "ignored")]),
        Seed("close-one-byte", DefaultLimits, [.. Frame(Opcode.Close, [0x03])]),
        Seed("close-normal", DefaultLimits, [.. Close(CloseReason.Deleted.Code, "bye"u8)]),
        Seed("close-unsendable", DefaultLimits, [.. Close(CloseReason.Abnormal.Code, ""u8)]),
        Seed("close-bad-utf8", DefaultLimits, [.. Close(CloseReason.Deleted.Code, [0xFF])]),
        Seed("close-within-message", DefaultLimits, [.. Frame(Opcode.Text, "x", isFinal: false), .. Close(CloseReason.GoingAway.Code, ""u8)]),
        Seed("cut-in-header", DefaultLimits, "81fe01"),
        Seed("cut-in-payload", DefaultLimits, "818a000000006162"),
    ];

    private static KeyValuePair<string, byte[]> Seed(string name, string options, string hex) => Seed(name, options, Convert.FromHexString(hex));

    private static KeyValuePair<string, byte[]> Seed(string name, string options, byte[] stream) => new(name, [.. Convert.FromHexString(options), .. stream]);

    private static byte[] Close(ushort code, ReadOnlySpan<byte> reason) => Frame(Opcode.Close, [(byte)(code >> 8), (byte)code, .. reason]);

    private static byte[] Frame(Opcode opcode, string text, bool isFinal = true) => Frame(opcode, Encoding.UTF8.GetBytes(text), isFinal);

    private static byte[] Frame(Opcode opcode, ReadOnlySpan<byte> payload, bool isFinal = true)
    {
        var output = new ArrayBufferWriter<byte>();
        FrameWriter.WriteMaskedFrame(output, opcode, isFinal, payload, Key);
        return output.WrittenSpan.ToArray();
    }
}
