using System.Buffers.Binary;
using System.Net.Sockets;
using System.Text;

namespace RealtimeGateway.Load.Measurement;

/// <summary>
/// The socket that every .NET runtime opens for tools (dotnet/diagnostics, documentation/design-docs/ipc-protocol.md). A trace session whose
/// keywords hold <c>GCHeapCollect</c> begins with a blocking collection of all generations: so a server that has no switch of its own can be
/// measured after a full collection, the gateway and the floor in the same way.
/// </summary>
internal static class DiagnosticPort
{
    private const byte EventPipeCommandSet = 0x02;
    private const byte StopTracing = 0x01;
    private const byte CollectTracing = 0x02;
    private const ulong GcHeapCollectKeyword = 0x0080_0001;
    private const int HeaderBytes = 20;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    private static ReadOnlySpan<byte> Magic => "DOTNET_IPC_V1\0"u8;

    /// <summary>Has a runtime collect everything, and waits until it has.</summary>
    /// <exception cref="RefusedException">The process is no .NET process of ours, or its diagnostics are switched off.</exception>
    public static void Collect(int processId)
    {
        try
        {
            using var session = Connect(processId);
            session.Send(Message(CollectTracing, SessionRequest()));
            var reply = new byte[HeaderBytes + sizeof(ulong)];
            ReceiveExactly(session, reply);
            // The session exists when its id comes back, and the collection was made on the way: the provider was enabled before the answer.
            using var stopper = Connect(processId);
            stopper.Send(Message(StopTracing, reply.AsSpan(HeaderBytes)));
            DrainToEnd(session);
        }
        catch (SocketException error)
        {
            throw new RefusedException($"The runtime of process {processId} does not answer on its diagnostic port: {error.Message}");
        }
    }

    private static Socket Connect(int processId)
    {
        // A process id may have been used before by a runtime that was killed and left its socket: the newest is the living one's.
        var path = Directory.EnumerateFiles(Path.GetTempPath(), $"dotnet-diagnostic-{processId}-*-socket").MaxBy(File.GetCreationTimeUtc)
            ?? throw new RefusedException($"Process {processId} has no diagnostic port: is it a .NET process, and DOTNET_EnableDiagnostics not 0?");
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified)
        {
            ReceiveTimeout = (int)Patience.TotalMilliseconds,
            SendTimeout = (int)Patience.TotalMilliseconds,
        };
        socket.Connect(new UnixDomainSocketEndPoint(path));
        return socket;
    }

    private static byte[] Message(byte command, ReadOnlySpan<byte> payload)
    {
        var message = new byte[HeaderBytes + payload.Length];
        Magic.CopyTo(message);
        BinaryPrimitives.WriteUInt16LittleEndian(message.AsSpan(14), (ushort)message.Length);
        message[16] = EventPipeCommandSet;
        message[17] = command;
        payload.CopyTo(message.AsSpan(HeaderBytes));
        return message;
    }

    private static byte[] SessionRequest()
    {
        using var bytes = new MemoryStream();
        using var writer = new BinaryWriter(bytes);
        writer.Write(1u); // MiB of buffer: nothing is wanted but the collection
        writer.Write(1u); // nettrace
        writer.Write(1u); // one provider
        writer.Write(GcHeapCollectKeyword);
        writer.Write(4u); // informational
        WriteText(writer, "Microsoft-Windows-DotNETRuntime");
        writer.Write(0u); // no filter
        return bytes.ToArray();
    }

    private static void WriteText(BinaryWriter writer, string text)
    {
        writer.Write(text.Length + 1);
        writer.Write(Encoding.Unicode.GetBytes(text + '\0'));
    }

    private static void ReceiveExactly(Socket socket, Span<byte> destination)
    {
        while (!destination.IsEmpty)
        {
            var count = socket.Receive(destination);
            if (count == 0)
            {
                throw new RefusedException("The runtime closed its diagnostic port in the middle of an answer.");
            }

            destination = destination[count..];
        }
    }

    private static void DrainToEnd(Socket session)
    {
        var buffer = new byte[64 * 1024];
        while (session.Receive(buffer) > 0)
        {
            // The trace itself: of no interest.
        }
    }
}
