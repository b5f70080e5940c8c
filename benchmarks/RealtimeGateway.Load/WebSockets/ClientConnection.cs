using System.Buffers.Binary;
using RealtimeGateway.Load.Sockets;

namespace RealtimeGateway.Load.WebSockets;

/// <summary>One client: the handshake, then frames. Around 200 bytes while it is idle.</summary>
internal sealed class ClientConnection(EventLoop loop, ClientHandshake handshake, IConnectionEvents events, int index) : Peer(loop)
{
    private PartialInput _partial;

    /// <summary>Its place in the run, from 0.</summary>
    public int Index { get; } = index;

    public bool IsOpen { get; private set; }

    /// <summary>When the message in flight was sent (or meant to be sent), as a timestamp; 0 when none is. The scenario's to use.</summary>
    public long InFlightSince { get; set; }

    /// <summary>The stamp that an earlier fragment of the message now coming had; 0 for none. The scenario's to use.</summary>
    public long FragmentStamp { get; set; }

    /// <summary>After <see cref="Peer.Close"/> or <see cref="Peer.Reset"/>: as new, and can be opened again.</summary>
    public void Forget()
    {
        IsOpen = false;
        InFlightSince = 0;
        FragmentStamp = 0;
        _partial.Clear();
    }

    /// <summary>Asks the server to close (RFC 6455 §7.1.2); the TCP connection stays until the server ends it.</summary>
    public void SendClose()
    {
        Span<byte> status = stackalloc byte[2];
        BinaryPrimitives.WriteUInt16BigEndian(status, 1000);
        SendControl(Frame.Close, status);
    }

    internal override void Connected()
    {
        if (!Send(handshake.Request))
        {
            End("handshake: could not send");
        }
    }

    internal override void Received(ReadOnlySpan<byte> bytes)
    {
        bytes = _partial.Join(bytes);
        if (!IsOpen && !TryFinishHandshake(ref bytes))
        {
            return;
        }

        while (IsOpen)
        {
            switch (Frame.TryRead(ref bytes, out var opcode, out var isFinal, out var payload))
            {
                case FrameStatus.Complete:
                    Handle(opcode, isFinal, payload);
                    break;
                case FrameStatus.Incomplete:
                    _partial.Keep(bytes);
                    return;
                default:
                    End("the server sent an invalid frame");
                    break;
            }
        }

        _partial.Clear();
    }

    protected override void Ended(string reason)
    {
        var wasOpen = IsOpen;
        Forget();
        events.Lost(this, wasOpen, reason);
    }

    private bool TryFinishHandshake(ref ReadOnlySpan<byte> bytes)
    {
        var end = bytes.IndexOf("\r\n\r\n"u8);
        if (end < 0)
        {
            _partial.Keep(bytes);
            return false;
        }

        if (handshake.Check(bytes[..end]) is { } wrong)
        {
            End(wrong);
            return false;
        }

        bytes = bytes[(end + 4)..];
        IsOpen = true;
        events.Opened(this);
        return true;
    }

    private void Handle(byte opcode, bool isFinal, ReadOnlySpan<byte> payload)
    {
        switch (opcode)
        {
            case Frame.Ping:
                SendControl(Frame.Pong, payload);
                break;
            case Frame.Pong:
                break;
            case Frame.Close:
                SendControl(Frame.Close, payload);
                End(payload.Length < 2 ? "close frame" : $"close frame {BinaryPrimitives.ReadUInt16BigEndian(payload)}");
                break;
            default:
                events.MessageCame(this, payload, isFinal);
                break;
        }
    }

    private void SendControl(byte opcode, ReadOnlySpan<byte> payload)
    {
        // RFC 6455 §5.5: at most 125 bytes.
        payload = payload[..Math.Min(125, payload.Length)];
        Span<byte> frame = stackalloc byte[Frame.MaxHeaderBytes + 125];
        Send(frame[..Frame.Write(frame, opcode, payload, 0x5A17C3E9)]);
    }
}
