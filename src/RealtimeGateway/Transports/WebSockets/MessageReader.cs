using System.Buffers;
using System.Buffers.Binary;
using System.Text;
using System.Text.Unicode;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>
/// Turns the bytes of one client into messages and control frames (RFC 6455 §5 and §8.1). One per connection, one caller at a time.
/// </summary>
/// <remarks>
/// Takes what has arrived and keeps none of the caller's memory: payload is unmasked into a pooled array that grows as bytes come,
/// never by what a header announces, and a header cut in two is kept inside. So an idle connection holds no buffer here, nor in
/// the pipe that feeds it. What is wrong is found at the first frame header or payload portion that shows it.
/// <code>
/// while ((status = reader.Read(ref buffer)) != ReadStatus.NeedMore) { … }
/// </code>
/// </remarks>
internal sealed class MessageReader(MessageReaderLimits limits) : IDisposable
{
    // Opcode 0: between messages.
    private const Opcode NoMessage = Opcode.Continuation;

    private MessageAssembly _message = new();
    private int _fragments;
    private long _frameRemaining;
    private uint _maskKey;
    private Opcode _frameOpcode;
    private Opcode _messageOpcode;
    private bool _frameIsFinal;
    private bool _inFrame;
    private bool _messageReady;
    private bool _ended;

    // A control payload, which must last until the next call, or the header bytes that arrived at the end of a call. Most connections see neither.
    private byte[] _aside = [];
    private byte _headerLength;
    private byte _controlLength;

    private CloseReason _violation;

    /// <summary>May be replaced at any time; counts from the next frame on.</summary>
    public MessageReaderLimits Limits { get; set; } = limits;

    /// <summary>Whether a close frame or a violation came; all further bytes are ignored.</summary>
    public bool IsEnded => _ended;

    /// <summary>Whether the first frame of a message came and its last byte did not.</summary>
    public bool IsInsideMessage => _messageOpcode != NoMessage && !_messageReady;

    /// <summary>Bytes of pooled memory held now.</summary>
    public int HeldBytes => _message.Capacity;

    /// <summary>Why to close, after <see cref="ReadStatus.Violation"/>.</summary>
    public CloseReason Violation => _violation;

    /// <summary>The payload of the last ping, pong or close, until the next call.</summary>
    public ReadOnlySpan<byte> ControlPayload => _aside.AsSpan(0, _controlLength);

    /// <summary>What the peer's close frame says, after <see cref="ReadStatus.Close"/>; <see cref="CloseReason.NoStatus"/> when it says nothing.</summary>
    public CloseReason PeerClose => _controlLength < 2
        ? CloseReason.NoStatus
        : new CloseReason(BinaryPrimitives.ReadUInt16BigEndian(ControlPayload), Encoding.UTF8.GetString(ControlPayload[2..]));

    /// <summary>Reads on to the next event, or to the end of <paramref name="input"/>, and takes off what was used.</summary>
    /// <remarks>After <see cref="ReadStatus.NeedMore"/> the input is empty. A message that was not taken is given up by the next call.</remarks>
    public ReadStatus Read(ref ReadOnlySequence<byte> input)
    {
        if (input.IsSingleSegment)
        {
            var span = input.FirstSpan;
            var length = span.Length;
            var status = Read(ref span);
            input = input.Slice(length - span.Length);
            return status;
        }

        long used = 0;
        foreach (var segment in input)
        {
            var span = segment.Span;
            var status = Read(ref span);
            used += segment.Length - span.Length;
            if (status != ReadStatus.NeedMore)
            {
                input = input.Slice(used);
                return status;
            }
        }

        input = input.Slice(input.End);
        return ReadStatus.NeedMore;
    }

    /// <inheritdoc cref="Read(ref ReadOnlySequence{byte})"/>
    public ReadStatus Read(ref ReadOnlySpan<byte> input)
    {
        if (_messageReady)
        {
            TakeMessage().Return();
        }

        if (TryReadWhole(ref input))
        {
            return ReadStatus.Message;
        }

        if (_ended)
        {
            input = default;
            return ReadStatus.NeedMore;
        }

        ReadStatus status;
        while ((_inFrame || TryEnterFrame(ref input, out status)) && !TryFinishFrame(ref input, out status))
        {
        }

        return status;
    }

    /// <summary>Hands over the message after <see cref="ReadStatus.Message"/>; the caller returns it to the pool.</summary>
    /// <exception cref="InvalidOperationException">There is none, or it was taken already.</exception>
    public MessageBuffer TakeMessage()
    {
        if (!_messageReady)
        {
            throw new InvalidOperationException("No message is ready.");
        }

        var message = _message.Take(isBinary: _messageOpcode == Opcode.Binary);
        Forget();
        return message;
    }

    /// <summary>Returns what is held to the pool and ignores all further bytes. To be called when the connection ends; again is harmless.</summary>
    public void Dispose()
    {
        _ended = true;
        Release();
    }

    // Reads a header; false with the status to return when there is none or it breaks a rule.
    private bool TryEnterFrame(ref ReadOnlySpan<byte> input, out ReadStatus status)
    {
        status = ReadStatus.NeedMore;
        var found = ReadHeader(ref input, out var header);
        if (found == FrameStatus.NeedMore)
        {
            return false;
        }

        status = ReadStatus.Violation;
        return Enter(found, header);
    }

    // Takes the payload that is here; false when the frame ended without an event, so that the next one is to be read.
    private bool TryFinishFrame(ref ReadOnlySpan<byte> input, out ReadStatus status)
    {
        var portion = input[..(int)Math.Min(input.Length, _frameRemaining)];
        input = input[portion.Length..];
        var isControl = _frameOpcode >= Opcode.Close;
        if (isControl)
        {
            AppendControl(portion);
        }
        else if (!AppendMessage(portion))
        {
            status = ReadStatus.Violation;
            return true;
        }

        status = ReadStatus.NeedMore;
        if (_frameRemaining > 0)
        {
            return true;
        }

        _inFrame = false;
        if (isControl || _frameIsFinal)
        {
            status = isControl ? FinishControl() : FinishMessage();
            return true;
        }

        return false;
    }

    // Most of what clients send: a message in one frame that is all here. Whatever is not, or is wrong, is left to the general way.
    private bool TryReadWhole(ref ReadOnlySpan<byte> input)
    {
        if (_inFrame || _headerLength > 0 || _messageOpcode != NoMessage || _ended
            || FrameReader.TryRead(input, masked: true, Limits.MaxFrameBytes, out var header) != FrameStatus.Complete
            || !header.IsFinal
            || (header.Opcode != Opcode.Text && (header.Opcode != Opcode.Binary || !Limits.AllowBinary))
            || header.PayloadLength > Math.Min(Limits.MaxMessageBytes, input.Length - header.Size))
        {
            return false;
        }

        var end = header.Size + (int)header.PayloadLength;
        if (!_message.TryFill(input[header.Size..end], header.MaskKey, isText: header.Opcode == Opcode.Text))
        {
            return false;
        }

        input = input[end..];
        _messageOpcode = header.Opcode;
        _messageReady = true;
        return true;
    }

    private FrameStatus ReadHeader(ref ReadOnlySpan<byte> input, out FrameHeader header)
    {
        if (_headerLength > 0)
        {
            return ReadCutHeader(ref input, out header);
        }

        var status = FrameReader.TryRead(input, masked: true, Limits.MaxFrameBytes, out header);
        if (status == FrameStatus.NeedMore)
        {
            input.CopyTo(Aside());
            _headerLength = (byte)input.Length;
            input = default;
        }
        else
        {
            input = input[header.Size..];
        }

        return status;
    }

    private FrameStatus ReadCutHeader(ref ReadOnlySpan<byte> input, out FrameHeader header)
    {
        var known = _headerLength;
        var inline = Aside();
        var added = Math.Min(input.Length, FrameReader.MaxHeaderSize - known);
        input[..added].CopyTo(inline[known..]);
        var status = FrameReader.TryRead(inline[..(known + added)], masked: true, Limits.MaxFrameBytes, out header);
        if (status == FrameStatus.NeedMore)
        {
            _headerLength = (byte)(known + added);
            input = default;
        }
        else
        {
            _headerLength = 0;
            input = input[Math.Max(0, header.Size - known)..];
        }

        return status;
    }

    // Checks the header against the message under way and the limits, in an order that does not depend on how bytes arrive.
    private bool Enter(FrameStatus status, in FrameHeader header)
    {
        if (status == FrameStatus.ProtocolError)
        {
            return Fail(CloseReason.ProtocolError);
        }

        _inFrame = true;
        _frameOpcode = header.Opcode;
        _frameIsFinal = header.IsFinal;
        _frameRemaining = header.PayloadLength;
        _maskKey = header.MaskKey;
        if (header.IsControl)
        {
            // A frame limit below 125 is for messages; control frames have their own.
            _controlLength = 0;
            return true;
        }

        // RFC 6455 §5.4: fragments of two messages must not be interleaved, and a continuation needs something to continue.
        if ((header.Opcode == Opcode.Continuation) != (_messageOpcode != NoMessage))
        {
            return Fail(CloseReason.ProtocolError);
        }

        if (header.Opcode == Opcode.Binary && !Limits.AllowBinary)
        {
            return Fail(CloseReason.BinaryNotSupported);
        }

        if (status == FrameStatus.TooBig || header.PayloadLength > Limits.MaxMessageBytes - _message.Length)
        {
            return Fail(CloseReason.MessageTooBig);
        }

        if (++_fragments > Limits.MaxFragments)
        {
            return Fail(CloseReason.TooManyFragments);
        }

        if (_messageOpcode == NoMessage)
        {
            _messageOpcode = header.Opcode;
        }

        return true;
    }

    private void AppendControl(ReadOnlySpan<byte> portion)
    {
        FrameMask.Copy(portion, Aside()[_controlLength..], _maskKey);
        _controlLength += (byte)portion.Length;
        Advance(portion.Length);
    }

    private bool AppendMessage(ReadOnlySpan<byte> portion)
    {
        var isValid = _message.TryAppend(portion, _maskKey, isText: _messageOpcode == Opcode.Text, Limits.MaxMessageBytes);
        Advance(portion.Length);
        return isValid || Fail(CloseReason.InvalidUtf8);
    }

    private void Advance(int count)
    {
        _frameRemaining -= count;
        _maskKey = FrameMask.Rotate(_maskKey, count);
    }

    private ReadStatus FinishMessage()
    {
        if (_messageOpcode == Opcode.Text && !_message.IsWholeText)
        {
            Fail(CloseReason.InvalidUtf8);
            return ReadStatus.Violation;
        }

        _messageReady = true;
        return ReadStatus.Message;
    }

    private ReadStatus FinishControl()
    {
        switch (_frameOpcode)
        {
            case Opcode.Ping:
                return ReadStatus.Ping;
            case Opcode.Pong:
                return ReadStatus.Pong;
        }

        // RFC 6455 §5.5.1: nothing, or a code and a reason in UTF-8.
        var payload = ControlPayload;
        if (payload.Length == 1 || (payload.Length >= 2 && !CloseReason.IsSendable(BinaryPrimitives.ReadUInt16BigEndian(payload))))
        {
            Fail(CloseReason.ProtocolError);
            return ReadStatus.Violation;
        }

        if (payload.Length > 2 && !Utf8.IsValid(payload[2..]))
        {
            Fail(CloseReason.InvalidUtf8);
            return ReadStatus.Violation;
        }

        _ended = true;
        Release();
        return ReadStatus.Close;
    }

    // Always false, so that a check can end in it.
    private bool Fail(CloseReason reason)
    {
        _violation = reason;
        _ended = true;
        Release();
        return false;
    }

    private void Release()
    {
        _message.Take(isBinary: false).Return();
        Forget();
    }

    private void Forget()
    {
        _messageReady = false;
        _messageOpcode = NoMessage;
        _fragments = 0;
    }

    private Span<byte> Aside()
    {
        if (_aside.Length == 0)
        {
            _aside = new byte[FrameHeader.MaxControlPayload];
        }

        return _aside;
    }
}
