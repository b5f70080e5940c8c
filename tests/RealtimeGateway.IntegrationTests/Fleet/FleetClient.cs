using System.Collections.Concurrent;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>A client of the fleet, which knows its connection's id and keeps everything that it is sent.</summary>
internal sealed class FleetClient : IDisposable
{
    private readonly RawWebSocket _socket;
    private readonly TaskCompletionSource<string> _id = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private FleetClient(RawWebSocket socket, int node)
    {
        _socket = socket;
        Node = node;
        Ended = ReadAsync();
    }

    /// <summary>Which node it connected to; -1: not known.</summary>
    public int Node { get; }

    public string Id => _id.Task.Result;

    /// <summary>The messages, in order, without the first, which told the id.</summary>
    public ConcurrentQueue<string> Received { get; } = new();

    /// <summary>The status of the gateway's close frame; 0 when none came.</summary>
    public int CloseCode { get; private set; }

    /// <summary>Completes when the socket has ended.</summary>
    public Task Ended { get; }

    public bool IsOpen => !Ended.IsCompleted;

    /// <summary>Connects, and asks for the id.</summary>
    /// <returns>Null when the handshake was refused.</returns>
    public static async Task<FleetClient?> ConnectAsync(int port, int node)
    {
        var socket = await RawWebSocket.ConnectAsync(port, "/chat/prod");
        if (socket.Status != 101)
        {
            socket.Dispose();
            return null;
        }

        var client = new FleetClient(socket, node);
        await socket.SendTextAsync("""{"action":"hello"}""");
        await Patience.For(client._id.Task, "the connection's id");
        return client;
    }

    /// <summary>Connects many at once, and expects all of them to get in.</summary>
    public static async Task<FleetClient[]> ConnectManyAsync(int port, int node, int count)
    {
        var clients = new ConcurrentBag<FleetClient>();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 32 }, async (_, _) =>
        {
            var client = await ConnectAsync(port, node);
            Assert.NotNull(client);
            clients.Add(client);
        });
        return [.. clients];
    }

    public Task SendAsync(string text) => _socket.SendTextAsync(text);

    public Task LeaveAsync() => _socket.SendCloseAsync(1000);

    public void Reset() => _socket.Reset();

    public void Dispose() => _socket.Dispose();

    private async Task ReadAsync()
    {
        try
        {
            while (await _socket.ReadFrameAsync(isPatient: true) is { } frame)
            {
                switch (frame.Opcode)
                {
                    case Op.Text when !_id.Task.IsCompleted:
                        _id.SetResult(frame.Text);
                        break;
                    case Op.Text:
                        Received.Enqueue(frame.Text);
                        break;
                    case Op.Ping:
                        await _socket.SendBytesAsync(RawWebSocket.Frame(Op.Pong, frame.Payload));
                        break;
                    case Op.Close:
                        CloseCode = frame.CloseCode;
                        await _socket.SendBytesAsync(RawWebSocket.Frame(Op.Close, frame.Payload));
                        break;
                    default:
                        break;
                }
            }
        }
        catch (Exception exception) when (exception is IOException or ObjectDisposedException or System.Net.Sockets.SocketException or OperationCanceledException)
        {
            // The socket has ended under us.
        }
        finally
        {
            _id.TrySetException(new IOException("The socket ended before the connection's id came."));
            _socket.Dispose();
        }
    }
}
