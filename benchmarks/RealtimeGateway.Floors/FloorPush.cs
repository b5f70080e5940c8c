using System.Buffers;
using System.Net.WebSockets;

namespace RealtimeGateway.Floors;

/// <summary>POST /@connections/{id} by hand: read the body, write the frame, answer 200; 410 when the client is not here.</summary>
internal static class FloorPush
{
    private const int MaxMessageBytes = 128 * 1024;

    public static async Task PostAsync(HttpContext context, FloorConnections connections, string id)
    {
        context.Response.ContentLength = 0;
        var length = (int)Math.Min(MaxMessageBytes + 1, context.Request.ContentLength ?? MaxMessageBytes + 1);
        if (length > MaxMessageBytes)
        {
            context.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
            return;
        }

        if (connections.Find(id) is not { } connection)
        {
            context.Response.StatusCode = StatusCodes.Status410Gone;
            return;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await context.Request.Body.ReadExactlyAsync(buffer.AsMemory(0, length), context.RequestAborted);
            await connection.SendAsync(buffer.AsMemory(0, length), context.RequestAborted);
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
}
