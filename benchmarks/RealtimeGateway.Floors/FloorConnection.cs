using System.Buffers;
using System.Net.WebSockets;
using System.Text;
using System.Text.Json;

namespace RealtimeGateway.Floors;

/// <summary>
/// One client on System.Net.WebSockets: waits without a buffer, reads a message, finds its <c>action</c>, and answers it: <c>echo</c> with
/// the message, <c>hello</c> with the connection's id, <c>http</c> with what the back end says to it, anything else with an error.
/// </summary>
internal sealed class FloorConnection(string id, WebSocket socket, FloorForward? backEnd) : IDisposable
{
    private const int MaxMessageBytes = 128 * 1024;

    private readonly SemaphoreSlim _oneWriter = new(1, 1);

    public string Id { get; } = id;

    public static async Task RunAsync(HttpContext context, FloorConnections connections, FloorForward? backEnd)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = StatusCodes.Status426UpgradeRequired;
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync();
        using var connection = new FloorConnection(FloorConnections.NewId(), socket, backEnd);
        connections.Add(connection);
        try
        {
            await connection.ReadAllAsync(context.RequestAborted);
        }
        catch (Exception error) when (error is WebSocketException or OperationCanceledException)
        {
            // The client went without a close frame: the end of the connection, not of anything else.
        }
        finally
        {
            connections.Remove(connection);
        }
    }

    public async ValueTask SendAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        await _oneWriter.WaitAsync(cancellationToken);
        try
        {
            await socket.SendAsync(message, WebSocketMessageType.Text, endOfMessage: true, cancellationToken);
        }
        finally
        {
            _oneWriter.Release();
        }
    }

    public void Dispose() => _oneWriter.Dispose();

    private async Task ReadAllAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            // No buffer is held while there is nothing to read.
            var first = await socket.ReceiveAsync(Memory<byte>.Empty, cancellationToken);
            if (first.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(WebSocketCloseStatus.NormalClosure, null, cancellationToken);
                return;
            }

            if (!first.EndOfMessage)
            {
                await ReadOneAsync(cancellationToken);
            }
        }
    }

    private async Task ReadOneAsync(CancellationToken cancellationToken)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(4096);
        try
        {
            var count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                if (count == buffer.Length)
                {
                    buffer = Grow(buffer);
                }

                result = await socket.ReceiveAsync(buffer.AsMemory(count), cancellationToken);
                count += result.Count;
            }
            while (!result.EndOfMessage);

            await AnswerAsync(buffer.AsMemory(0, count), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private ValueTask AnswerAsync(ReadOnlyMemory<byte> message, CancellationToken cancellationToken) => RouteOf(message.Span) switch
    {
        FloorRoute.Echo => SendAsync(message, cancellationToken),
        FloorRoute.Http when backEnd is not null => backEnd.ForwardAsync(this, message, cancellationToken),
        FloorRoute.Hello => SendAsync(Encoding.UTF8.GetBytes($$"""{"connectionId":"{{Id}}"}"""), cancellationToken),
        _ => SendAsync("""{"message":"Forbidden"}"""u8.ToArray(), cancellationToken),
    };

    private static FloorRoute RouteOf(ReadOnlySpan<byte> message)
    {
        try
        {
            var reader = new Utf8JsonReader(message);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName || reader.CurrentDepth != 1)
                {
                    continue;
                }

                if (!reader.ValueTextEquals("action"u8))
                {
                    reader.Skip();
                    continue;
                }

                reader.Read();
                return reader.TokenType != JsonTokenType.String ? FloorRoute.None
                    : reader.ValueTextEquals("echo"u8) ? FloorRoute.Echo
                    : reader.ValueTextEquals("hello"u8) ? FloorRoute.Hello
                    : reader.ValueTextEquals("http"u8) ? FloorRoute.Http
                    : FloorRoute.None;
            }
        }
        catch (JsonException)
        {
            // Not JSON: no route.
        }

        return FloorRoute.None;
    }

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxMessageBytes)
        {
            throw new WebSocketException("The message is too big.");
        }

        var larger = ArrayPool<byte>.Shared.Rent(2 * buffer.Length);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
