using System.Buffers;
using System.Net.WebSockets;

namespace RealtimeGateway.Floors;

/// <summary>
/// By hand: POST /@connections/{id} reads the body, writes the frame, answers 200, or 410 when the client is not here; POST /broadcast writes
/// one to every client.
/// </summary>
internal static class FloorPush
{
    private const int MaxMessageBytes = 128 * 1024;

    public static Task PostAsync(HttpContext context, FloorConnections connections, string id)
    {
        if (connections.Find(id) is { } connection)
        {
            return WithBodyAsync(context, message => connection.SendAsync(message, context.RequestAborted));
        }

        context.Response.StatusCode = StatusCodes.Status410Gone;
        return Task.CompletedTask;
    }

    public static Task BroadcastAsync(HttpContext context, FloorConnections connections) =>
        WithBodyAsync(context, message => SendToAllAsync(message, connections, context.RequestAborted));

    private static async Task WithBodyAsync(HttpContext context, Func<ReadOnlyMemory<byte>, ValueTask> send)
    {
        context.Response.ContentLength = 0;
        var length = (int)Math.Min(MaxMessageBytes + 1, context.Request.ContentLength ?? MaxMessageBytes + 1);
        if (length > MaxMessageBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await context.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, length), context.RequestAborted);
            await send(buffer.AsMemory(0, length));
        }
        catch (Exception error) when (error is WebSocketException or ObjectDisposedException)
        {
            // It went between the look-up and the write.
            context.Response.StatusCode = StatusCodes.Status410Gone;
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static async ValueTask SendToAllAsync(ReadOnlyMemory<byte> message, FloorConnections connections, CancellationToken cancellationToken)
    {
        List<Task>? slow = null;
        foreach (var connection in connections.All)
        {
            // Most writes end at once; only those that do not are worth a task.
            var sending = connection.SendAsync(message, cancellationToken);
            if (!sending.IsCompletedSuccessfully)
            {
                (slow ??= []).Add(sending.AsTask());
            }
        }

        if (slow is not null)
        {
            await Task.WhenAll(slow);
        }
    }
}
