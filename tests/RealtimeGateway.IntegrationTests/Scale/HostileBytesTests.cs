using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using RealtimeGateway.IntegrationTests.Harness;

namespace RealtimeGateway.IntegrationTests.Scale;

/// <summary>No bytes from a client end the process, nor leave a connection behind.</summary>
[Collection(AloneOnTheMachine.Name)]
public sealed class HostileBytesTests(ITestOutputHelper output)
{
    private const int Clients = 600;

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task Survives_RandomBytes(int seed)
    {
        output.WriteLine($"Seed {seed}");
        var faults = new ConcurrentQueue<string>();
        UnhandledExceptionEventHandler unhandled = (_, fault) => faults.Enqueue($"unhandled: {fault.ExceptionObject}");
        EventHandler<UnobservedTaskExceptionEventArgs> unobserved = (_, fault) => faults.Enqueue($"unobserved: {fault.Exception}");
        AppDomain.CurrentDomain.UnhandledException += unhandled;
        TaskScheduler.UnobservedTaskException += unobserved;
        try
        {
            await using var gateway = await TestGateway.StartAsync(static backend => Configurations.Http(backend, static stage => stage with { AllowBinary = true }));
            gateway.Backend.Answer = static call => Task.FromResult(call.EventType == "MESSAGE" ? BackendAnswer.Of(call.Text) : BackendAnswer.Ok);
            await Parallel.ForAsync(0, Clients, new ParallelOptions { MaxDegreeOfParallelism = 16 }, async (i, _) => await AttackAsync(gateway, new Random((seed * Clients) + i)));

            await gateway.CountAsync(0);
            await Patience.Until(() => gateway.Lifecycle.Pending == 0, "nothing is pending");
            Assert.Equal(gateway.Backend.Of("CONNECT").Count(), gateway.Backend.Of("DISCONNECT").Count());
            Assert.Equal(0, gateway.Budget.UsedBytes);
            Assert.Empty(gateway.Log.Errors);
            using var client = await gateway.ConnectAsync();
            await client.SendTextAsync("still there");
            Assert.Equal("still there", await client.ReadTextAsync());
        }
        finally
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            AppDomain.CurrentDomain.UnhandledException -= unhandled;
            TaskScheduler.UnobservedTaskException -= unobserved;
        }

        Assert.Empty(faults);
    }

    private static async Task AttackAsync(TestGateway gateway, Random random)
    {
        using var client = await RawWebSocket.OpenAsync(gateway.Port);
        try
        {
            if (random.Next(5) == 0)
            {
                await SendInPiecesAsync(client, BadRequest(gateway.Port, random), random);
            }
            else
            {
                await client.SendBytesAsync(Encoding.ASCII.GetBytes(RawWebSocket.Request(gateway.Port, "/prod")));
                await client.ReadHeadAsync();
                Assert.Equal(101, client.Status);
                await SendInPiecesAsync(client, BadFrames(random), random);
            }

            await EndAsync(client, random);
        }
        catch (SocketException)
        {
            // The gateway may hang up on such a client at any time.
        }
    }

    private static async Task EndAsync(RawWebSocket client, Random random)
    {
        if (random.Next(3) == 0)
        {
            client.Reset();
            return;
        }

        client.Finish();
        while (await client.ReadFrameAsync() is not null)
        {
        }
    }

    private static async Task SendInPiecesAsync(RawWebSocket client, byte[] bytes, Random random)
    {
        for (var sent = 0; sent < bytes.Length;)
        {
            var piece = Math.Min(bytes.Length - sent, random.Next(3) == 0 ? 1 + random.Next(10) : 1 + random.Next(bytes.Length));
            await client.SendBytesAsync(bytes.AsMemory(sent, piece));
            sent += piece;
            if (random.Next(4) == 0)
            {
                await Task.Yield();
            }
        }
    }

    /// <summary>Frames that are nearly right, or not at all.</summary>
    private static byte[] BadFrames(Random random)
    {
        var bytes = new List<byte>();
        for (var i = random.Next(1, 8); i > 0; i--)
        {
            var payload = new byte[random.Next(10) == 0 ? random.Next(40_000) : random.Next(200)];
            if (random.Next(2) == 0)
            {
                random.NextBytes(payload);
            }
            else
            {
                payload.AsSpan().Fill((byte)'a');
            }

            int[] opcodes = [Op.Text, Op.Text, Op.Binary, Op.Continuation, Op.Ping, Op.Pong, Op.Close, random.Next(16)];
            bytes.AddRange(RawWebSocket.Frame(
                opcodes[random.Next(opcodes.Length)], payload, random.Next(4) > 0, random.Next(20) > 0, random.Next(20) == 0 ? random.Next(8) : 0));
        }

        var mutated = bytes.ToArray();
        for (var i = random.Next(4); i > 0; i--)
        {
            mutated[random.Next(Math.Min(mutated.Length, 20))] = (byte)random.Next(256);
        }

        return random.Next(6) == 0 ? mutated[..random.Next(1, mutated.Length)] : mutated;
    }

    /// <summary>A handshake with bytes changed, cut out or doubled.</summary>
    private static byte[] BadRequest(int port, Random random)
    {
        var bytes = new List<byte>(Encoding.ASCII.GetBytes(RawWebSocket.Request(port, "/prod", "Sec-WebSocket-Protocol: a, b", "Origin: https://a.example")));
        for (var i = random.Next(1, 6); i > 0; i--)
        {
            var at = random.Next(bytes.Count);
            switch (random.Next(3))
            {
                case 0:
                    bytes[at] = (byte)random.Next(256);
                    break;
                case 1:
                    bytes.RemoveRange(at, Math.Min(random.Next(8), bytes.Count - at));
                    break;
                default:
                    bytes.InsertRange(at, bytes.GetRange(at, Math.Min(random.Next(40), bytes.Count - at)));
                    break;
            }
        }

        return [.. bytes];
    }
}
