using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using System.Text.Unicode;
using System.Threading.Channels;
using RealtimeGateway.Connections;
using RealtimeGateway.Server.Client;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Server.Connect;

/// <summary>One connection of <c>connect</c>, from the open socket to the exit code.</summary>
/// <param name="socket">The open socket.</param>
/// <param name="output">Told all that happens.</param>
/// <param name="input">The lines to act on; its end is the wish to leave.</param>
/// <param name="limits">When to leave by itself.</param>
/// <param name="time">Measures the waits.</param>
internal sealed class ConnectSession(ClientSocket socket, IFrameOutput output, ChannelReader<string> input, ConnectLimits limits, TimeProvider time)
{
    /// <summary>How long the server may take to answer a close frame.</summary>
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    private CloseReason? _sentClose;
    private int _messages;

    /// <summary>Runs until the connection has ended.</summary>
    /// <returns>The exit code, <see cref="ConnectExit"/>.</returns>
    public async Task<int> RunAsync(CancellationToken cancellationToken)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var receiving = ReceiveAsync(end.Token);
        var sending = SendAsync(receiving, end.Token);
        try
        {
            // The one who sends ends by a close frame, after which the server's answer ends the one who receives.
            var first = await Task.WhenAny(receiving, sending);
            if (first == sending)
            {
                await sending;
                return await receiving.WaitAsync(CloseTimeout, time, cancellationToken);
            }

            return await receiving;
        }
        catch (TimeoutException)
        {
            output.Complain("the server did not answer the close frame");
            output.Closed(CloseReason.Abnormal, byServer: false);
            return ConnectExit.ClosedOtherwise;
        }
        catch (SocketFaultException fault)
        {
            output.Complain(fault.Message);
            return ConnectExit.Failed;
        }
        finally
        {
            await end.CancelAsync();
        }
    }

    private async Task<int> ReceiveAsync(CancellationToken cancellationToken)
    {
        while (await socket.ReceiveAsync(cancellationToken) is { } received)
        {
            switch (received.Opcode)
            {
                case Opcode.Ping:
                    output.Came(received);
                    await socket.PongAsync(received.Payload, cancellationToken);
                    break;
                case Opcode.Close:
                    return await FinishAsync(received.Payload, cancellationToken);
                default:
                    output.Came(received);
                    if (received.Opcode is Opcode.Text or Opcode.Binary && ++_messages == limits.Count)
                    {
                        await CloseAsync(new(1000, ""), cancellationToken);
                    }

                    break;
            }
        }

        output.Closed(CloseReason.Abnormal, byServer: true);
        return ConnectExit.ClosedOtherwise;
    }

    private async Task<int> FinishAsync(ReadOnlyMemory<byte> payload, CancellationToken cancellationToken)
    {
        if (payload.Length == 1)
        {
            throw new SocketFaultException("the server sends a close frame with half a code");
        }

        var reason = payload.Length == 0
            ? new CloseReason(CloseReason.NoStatus.Code, "")
            : new(BinaryPrimitives.ReadUInt16BigEndian(payload.Span), Encoding.UTF8.GetString(payload.Span[sizeof(ushort)..]));
        var byServer = _sentClose is null;
        if (byServer)
        {
            await socket.EchoCloseAsync(payload, cancellationToken);
        }

        output.Closed(reason, byServer);
        return reason.Code == 1000 || !byServer ? ConnectExit.Done : ConnectExit.ClosedOtherwise;
    }

    private async Task SendAsync(Task receiving, CancellationToken cancellationToken)
    {
        await foreach (var line in input.ReadAllAsync(cancellationToken))
        {
            if (!await ActAsync(InputCommand.Parse(line), cancellationToken))
            {
                return;
            }
        }

        // Answers to the last lines may still be under way.
        await Task.WhenAny(receiving, Task.Delay(limits.Wait, time, cancellationToken));
        if (!receiving.IsCompleted)
        {
            await CloseAsync(new(1000, ""), cancellationToken);
        }
    }

    /// <summary>Does what a line asks for. <see langword="false"/> when it was the last thing to do.</summary>
    private async Task<bool> ActAsync(InputCommand command, CancellationToken cancellationToken)
    {
        switch (command.Kind)
        {
            case InputKind.Message when command.Payload.Length > 0:
                await socket.SendAsync(command.Payload, isBinary: false, cancellationToken);
                break;
            case InputKind.Binary:
                await socket.SendAsync(command.Payload, isBinary: true, cancellationToken);
                break;
            case InputKind.File:
                await SendFileAsync(command.Text, cancellationToken);
                break;
            case InputKind.Ping:
                await socket.PingAsync(command.Payload, cancellationToken);
                break;
            case InputKind.Close:
                await CloseAsync(command.Close, cancellationToken);
                return false;
            case InputKind.Quit:
                await CloseAsync(new(1000, ""), cancellationToken);
                return false;
            case InputKind.Help:
                output.Tell(InputCommand.Help);
                break;
            case InputKind.Wrong:
                output.Complain(command.Text);
                break;
            default:
                break;
        }

        return true;
    }

    private async Task SendFileAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            var content = await MessageBody.ReadFileAsync(path, cancellationToken);
            var isBinary = !Utf8.IsValid(content);
            await socket.SendAsync(content, isBinary, cancellationToken);
            output.Sent(string.Create(CultureInfo.InvariantCulture, $"sent {content.Length} bytes as {(isBinary ? "binary" : "text")}"));
        }
        catch (CallFailedException failure)
        {
            output.Complain(failure.Message);
        }
    }

    private Task CloseAsync(CloseReason reason, CancellationToken cancellationToken)
    {
        _sentClose = reason;
        return socket.CloseAsync(reason, cancellationToken);
    }
}

/// <summary>When <c>connect</c> leaves by itself.</summary>
/// <param name="Count">After so many messages; 0: never.</param>
/// <param name="Wait">So long after the end of the input.</param>
internal sealed record ConnectLimits(int Count, TimeSpan Wait);

/// <summary>The exit codes of <c>connect</c>.</summary>
internal static class ConnectExit
{
    /// <summary>The connection was closed with 1000, or by us.</summary>
    public const int Done = 0;

    /// <summary>The server cannot be reached, or breaks the protocol.</summary>
    public const int Failed = 1;

    /// <summary>The server answered the handshake with something else.</summary>
    public const int Refused = 2;

    /// <summary>The server closed the connection with another code than 1000, or without one.</summary>
    public const int ClosedOtherwise = 3;
}
