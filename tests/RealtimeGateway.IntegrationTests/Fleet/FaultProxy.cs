using System.Net;
using System.Net.Sockets;

namespace RealtimeGateway.IntegrationTests.Fleet;

/// <summary>A TCP proxy that can stop carrying bytes, cut connections, and cut instead of carrying some of the answers.</summary>
internal sealed class FaultProxy : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
    private readonly CancellationTokenSource _stop = new();
    private readonly Lock _gate = new();
    private readonly HashSet<Socket> _sockets = [];
    private readonly int _target;
    private TaskCompletionSource? _held;
    private Task _accepting = Task.CompletedTask;

    private FaultProxy(int target) => _target = target;

    public int Port => ((IPEndPoint)_listener.LocalEndPoint!).Port;

    /// <summary>Decides, for each chunk that comes back, whether the connection is cut instead of carrying it.</summary>
    public Func<ReadOnlyMemory<byte>, bool>? CutsAnswer { get; set; }

    public static FaultProxy To(int port)
    {
        var proxy = new FaultProxy(port);
        proxy._listener.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        proxy._listener.Listen(512);
        proxy._accepting = proxy.AcceptAsync();
        return proxy;
    }

    /// <summary>From now on nothing is carried in either direction, as if packets were dropped; connections stay.</summary>
    public void Hold()
    {
        lock (_gate)
        {
            _held ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }

    /// <summary>Everything that was held goes on its way.</summary>
    public void Release()
    {
        lock (_gate)
        {
            _held?.SetResult();
            _held = null;
        }
    }

    /// <summary>Cuts every connection.</summary>
    public void Cut()
    {
        lock (_gate)
        {
            foreach (var socket in _sockets)
            {
                socket.Dispose();
            }

            _sockets.Clear();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        Release();
        _listener.Dispose();
        Cut();
        await _accepting;
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                _ = CarryAsync(await _listener.AcceptAsync(_stop.Token));
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The end of the test.
        }
    }

    private async Task CarryAsync(Socket client)
    {
        var server = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        client.NoDelay = true;
        lock (_gate)
        {
            _sockets.Add(client);
            _sockets.Add(server);
        }

        try
        {
            await HeldAsync();
            await server.ConnectAsync(new IPEndPoint(IPAddress.Loopback, _target), _stop.Token);
            await Task.WhenAny(PumpAsync(client, server, cuts: false), PumpAsync(server, client, cuts: true));
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // The other end is not there: so is this one not.
        }
        finally
        {
            lock (_gate)
            {
                _sockets.Remove(client);
                _sockets.Remove(server);
            }

            client.Dispose();
            server.Dispose();
        }
    }

    private async Task PumpAsync(Socket from, Socket to, bool cuts)
    {
        var buffer = new byte[64 * 1024];
        try
        {
            while (true)
            {
                var read = await from.ReceiveAsync(buffer, SocketFlags.None, _stop.Token);
                await HeldAsync();
                if (read == 0 || (cuts && CutsAnswer?.Invoke(buffer.AsMemory(0, read)) == true))
                {
                    return;
                }

                for (var sent = 0; sent < read;)
                {
                    sent += await to.SendAsync(buffer.AsMemory(sent, read - sent), SocketFlags.None, _stop.Token);
                }
            }
        }
        catch (Exception exception) when (exception is OperationCanceledException or ObjectDisposedException or SocketException)
        {
            // Either end has gone.
        }
    }

    private Task HeldAsync()
    {
        lock (_gate)
        {
            return _held?.Task ?? Task.CompletedTask;
        }
    }
}
