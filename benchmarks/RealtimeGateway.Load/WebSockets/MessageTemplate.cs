using System.Buffers.Text;
using System.Text;

namespace RealtimeGateway.Load.WebSockets;

/// <summary>
/// The text of every message: a template in which <c>{stamp}</c> becomes the time the message was due and <c>{pad}</c> fills up to the
/// wanted size. The stamp comes back in the echo or the push, so that a latency needs no memory of what was sent.
/// </summary>
internal sealed class MessageTemplate
{
    private const string StampPlace = "{stamp}";
    private const string PadPlace = "{pad}";
    private const int DigitCount = 16;

    /// <summary>Amazon API Gateway takes messages of up to 128 KB in frames of up to 32 KB.</summary>
    private const int MaxFrameBytes = 32 * 1024;

    private readonly byte[] _payload;
    private readonly int _stampAt;
    private readonly byte[] _frame;
    private uint _random = 0x9E3779B9;

    /// <param name="template">At most one <c>{stamp}</c> and one <c>{pad}</c>, the stamp first.</param>
    /// <param name="payloadBytes">The whole payload in bytes of UTF-8; 0 for what the template has without padding.</param>
    /// <exception cref="RefusedException">The template does not fit the size.</exception>
    public MessageTemplate(string template, int payloadBytes)
    {
        var stamped = template.Replace(StampPlace, Encoding.ASCII.GetString(Marker) + new string('0', DigitCount), StringComparison.Ordinal);
        var padding = payloadBytes - Encoding.UTF8.GetByteCount(stamped.Replace(PadPlace, "", StringComparison.Ordinal));
        if (payloadBytes > 0 && (padding < 0 || (padding > 0 && !stamped.Contains(PadPlace, StringComparison.Ordinal))))
        {
            throw new RefusedException(
                $"The template without padding has {payloadBytes - padding} bytes and {payloadBytes} are wanted: it needs a {PadPlace}, or another --size.");
        }

        var stampAt = template.IndexOf(StampPlace, StringComparison.Ordinal);
        _stampAt = stampAt < 0 ? -1 : Encoding.UTF8.GetByteCount(template.AsSpan(0, stampAt)) + Marker.Length;
        _payload = Encoding.UTF8.GetBytes(stamped.Replace(PadPlace, new string('x', Math.Max(0, padding)), StringComparison.Ordinal));
        if (_stampAt >= 0 && !_payload.AsSpan(_stampAt - Marker.Length).StartsWith(Marker))
        {
            throw new RefusedException("In the template {stamp} must stand before {pad}.");
        }

        _frame = new byte[_payload.Length + (Frame.MaxHeaderBytes * (1 + (_payload.Length / MaxFrameBytes)))];
    }

    public static ReadOnlySpan<byte> Marker => "rgl:"u8;

    /// <summary>What a stamp takes with its marker.</summary>
    public static int StampBytes => Marker.Length + DigitCount;

    public bool HasStamp => _stampAt >= 0;

    public int PayloadBytes => _payload.Length;

    /// <summary>The payload with this stamp; good until the next call.</summary>
    public ReadOnlySpan<byte> Payload(long stamp)
    {
        if (HasStamp)
        {
            Utf8Formatter.TryFormat(stamp, _payload.AsSpan(_stampAt), out _, new System.Buffers.StandardFormat('x', DigitCount));
        }

        return _payload;
    }

    /// <summary>The payload as a masked text frame, or as many as it takes; good until the next call.</summary>
    public ReadOnlySpan<byte> FrameOf(long stamp)
    {
        // xorshift32: a new key each time, so that the server unmasks in earnest.
        _random ^= _random << 13;
        _random ^= _random >> 17;
        _random ^= _random << 5;
        var rest = Payload(stamp);
        var (written, opcode) = (0, Frame.Text);
        do
        {
            var part = rest[..Math.Min(rest.Length, MaxFrameBytes)];
            rest = rest[part.Length..];
            written += Frame.Write(_frame.AsSpan(written), opcode, part, _random, isFinal: rest.IsEmpty);
            opcode = Frame.Continuation;
        }
        while (!rest.IsEmpty);

        return _frame.AsSpan(0, written);
    }

    /// <summary>Finds the stamp in what came back, however it is wrapped.</summary>
    public static bool TryReadStamp(ReadOnlySpan<byte> payload, out long stamp)
    {
        stamp = 0;
        var at = payload.IndexOf(Marker);
        return at >= 0
            && payload.Length >= at + Marker.Length + DigitCount
            && Utf8Parser.TryParse(payload.Slice(at + Marker.Length, DigitCount), out stamp, out var read, 'x')
            && read == DigitCount;
    }
}
