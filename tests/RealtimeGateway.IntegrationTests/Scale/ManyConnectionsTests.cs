using System.Net;
using System.Net.Sockets;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Scale;

/// <summary>Ten thousand idle clients that vanish at once leave nothing behind.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class ManyConnectionsTests(ITestOutputHelper output)
{
    private const int Wanted = 10_000;

    /// <summary>Listeners, back end, runtime, test runner.</summary>
    private const int Spare = 500;

    private const int MaxWaves = 4;

    /// <summary>Less than any object that a connection could leave behind with what it holds.</summary>
    private const long MaxBytesEach = 200;

    [Fact]
    public async Task Forgets_TenThousandClients_ThatWereReset()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "Descriptors are counted in /proc.");
        var limit = DescriptorLimit.RaiseTo((2 * Wanted) + Spare + 500);
        // Client and gateway are one process, so each connection costs two.
        var count = Math.Min(Wanted, (limit - DescriptorLimit.Used - Spare) / 2);
        output.WriteLine($"The limit is {limit} descriptors; the test runs with {count} of {Wanted} connections.");
        Assert.True(count >= 300, $"{limit} descriptors are too few for any test.");

        await using var gateway = await TestGateway.StartAsync(
            static _ => Configurations.Silent(static stage => stage with { Limits = stage.Limits with { PingInterval = TimeSpan.Zero } }));
        await RunWaveAsync(gateway, count);
        var descriptors = DescriptorLimit.Used;
        var memory = Collect();
        long grown = 0;
        // Pools grow to what a wave needs at its worst and stay there; what leaks grows with every wave.
        for (var wave = 0; wave < MaxWaves; wave++)
        {
            await RunWaveAsync(gateway, count);
            var now = Collect();
            grown = now - memory;
            memory = now;
            output.WriteLine($"{grown / 1024} KiB more than before.");
            if (grown < count * MaxBytesEach)
            {
                break;
            }
        }

        Assert.True(grown < count * MaxBytesEach, $"{grown / count} bytes of managed memory stay for each connection, wave after wave.");
        Assert.InRange(DescriptorLimit.Used - descriptors, -50, 50);
        Assert.Equal(0, gateway.Lifecycle.Pending);
        Assert.Equal(0, gateway.Budget.UsedBytes);
        Assert.Empty(gateway.Log.Errors);

        // And it serves on.
        using var client = await gateway.ConnectAsync();
        await client.CloseAsync();
    }

    private async Task RunWaveAsync(TestGateway gateway, int count)
    {
        var sockets = new Socket[count];
        var started = TimeProvider.System.GetTimestamp();
        await Parallel.ForAsync(0, count, new ParallelOptions { MaxDegreeOfParallelism = 64 }, async (i, cancel) => sockets[i] = await ConnectAsync(gateway.Port, i, cancel));
        Assert.Equal(count, gateway.Connections.Count);
        output.WriteLine($"{count} connected in {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s.");
        foreach (var socket in sockets)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        await gateway.CountAsync(0);
        await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");
    }

    private static async Task<Socket> ConnectAsync(int port, int index, CancellationToken cancel)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        // Many addresses: one alone has but 28,000 ports.
        socket.Bind(new IPEndPoint(new IPAddress([127, 0, 0, (byte)(2 + (index % 20))]), 0));
        await socket.ConnectAsync(new IPEndPoint(IPAddress.Loopback, port), cancel);
        await socket.SendAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(port, "/prod")), cancel);
        var head = new byte[512];
        var length = 0;
        while (head.AsSpan(0, length).IndexOf("\r\n\r\n"u8) < 0)
        {
            var read = await socket.ReceiveAsync(head.AsMemory(length), cancel);
            Assert.True(read > 0, "TCP ended within the handshake.");
            length += read;
        }

        Assert.True(head.AsSpan().StartsWith("HTTP/1.1 101"u8));
        return socket;
    }

    private static long Collect()
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
        }

        return GC.GetTotalMemory(forceFullCollection: true);
    }
}
