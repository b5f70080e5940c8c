using System.Buffers;
using System.IO.Pipelines;

namespace RealtimeGateway.Floors;

/// <summary>The service behind a WebSocket gateway: one that answers with what it got, and one that never does.</summary>
internal static class FloorBackEnd
{
    public static async Task EchoAsync(HttpContext context)
    {
        var reader = context.Request.BodyReader;
        ReadResult read;
        while (!(read = await reader.ReadAsync(context.RequestAborted)).IsCompleted)
        {
            reader.AdvanceTo(read.Buffer.Start, read.Buffer.End);
        }

        context.Response.ContentLength = read.Buffer.Length;
        foreach (var part in read.Buffer)
        {
            context.Response.BodyWriter.Write(part.Span);
        }

        reader.AdvanceTo(read.Buffer.End);
        await context.Response.BodyWriter.FlushAsync(context.RequestAborted);
    }

    public static async Task HangAsync(HttpContext context)
    {
        try
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
        }
        catch (OperationCanceledException)
        {
            // The caller lost patience, which is what it was called for.
        }
    }
}
