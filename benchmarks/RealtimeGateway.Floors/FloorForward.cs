using System.Buffers;
using System.Net.Http.Headers;

namespace RealtimeGateway.Floors;

/// <summary>Asks the HTTP back end by hand: the message is the body, the body is the answer.</summary>
internal sealed class FloorForward(Uri backEnd) : IDisposable
{
    private static readonly MediaTypeHeaderValue Json = new("application/json");

    private readonly HttpMessageInvoker _client = new(new SocketsHttpHandler
    {
        AllowAutoRedirect = false,
        UseCookies = false,
        UseProxy = false,
        ActivityHeadersPropagator = null,
        AutomaticDecompression = System.Net.DecompressionMethods.None,
    });

    /// <summary>Sends a message on and hands the answer to <paramref name="connection"/>.</summary>
    public async ValueTask ForwardAsync(FloorConnection connection, ReadOnlyMemory<byte> message, CancellationToken cancellationToken)
    {
        using var content = new ReadOnlyMemoryContent(message);
        content.Headers.ContentType = Json;
        using var request = new HttpRequestMessage(HttpMethod.Post, backEnd) { Content = content };
        using var response = await _client.SendAsync(request, cancellationToken);
        var length = (int)(response.Content.Headers.ContentLength ?? throw new InvalidOperationException("The back end says no length."));
        var body = await response.Content.ReadAsStreamAsync(cancellationToken);
        var buffer = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            await body.ReadExactlyAsync(buffer.AsMemory(0, length), cancellationToken);
            await connection.SendAsync(buffer.AsMemory(0, length), cancellationToken);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    public void Dispose() => _client.Dispose();
}
