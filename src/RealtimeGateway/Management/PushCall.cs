using System.Buffers;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Buffers;
using RealtimeGateway.Cluster;
using RealtimeGateway.FrontDoor;

namespace RealtimeGateway.Management;

/// <summary>What pushes to one connection and to many have in common: their headers and how their bodies are read.</summary>
internal static class PushCall
{
    /// <summary>Asks for a binary message where the stage allows them; a push is text otherwise, whatever its content type, as on AWS.</summary>
    private const string MessageTypeHeader = "x-rg-message-type";

    /// <summary>What a caller calls its delivery, so that a repeat is known as such.</summary>
    private const string IdempotencyHeader = "Idempotency-Key";

    /// <summary>The same in the calls of AWS SDKs, which send it with each of their own retries.</summary>
    private const string InvocationHeader = "amz-sdk-invocation-id";

    /// <summary>Answers a binary push through a stage that allows none.</summary>
    public static Refusal NoBinary { get; } =
        Refusal.Of(StatusCodes.Status400BadRequest, "BadRequestException", "The stage does not allow binary messages.");

    /// <summary>Whether the caller asks for a binary message.</summary>
    public static bool WantsBinary(HttpRequest request) =>
        string.Equals(request.Headers[MessageTypeHeader], "binary", StringComparison.OrdinalIgnoreCase);

    /// <summary>What the caller calls the delivery. Its own word goes before that of its SDK, which changes with each call of its program.</summary>
    public static DeliveryName NameOf(HttpRequest request) =>
        request.Headers[IdempotencyHeader].ToString() is { Length: > 0 } own ? new DeliveryName(own, IsGivenBySdk: false)
        : request.Headers[InvocationHeader].ToString() is { Length: > 0 } invocation ? new DeliveryName(invocation, IsGivenBySdk: true)
        : default;

    /// <summary>Answers a body or a message that is too big: as AWS does, with neither body nor error type.</summary>
    public static void WriteTooLarge(HttpContext http)
    {
        http.Response.StatusCode = StatusCodes.Status413PayloadTooLarge;
        http.Response.ContentLength = 0;
    }

    /// <summary>Reads the whole body. <see langword="false"/> when it is bigger than allowed; what came is then dropped.</summary>
    public static async ValueTask<bool> TryReadBodyAsync(HttpContext http, long maxBytes, PooledBufferWriter body)
    {
        if (http.Request.ContentLength > maxBytes)
        {
            return false;
        }

        var reader = http.Request.BodyReader;
        while (true)
        {
            var result = await reader.ReadAsync(http.RequestAborted);
            foreach (var segment in result.Buffer)
            {
                body.Write(segment.Span);
            }

            reader.AdvanceTo(result.Buffer.End);
            if (body.WrittenCount > maxBytes)
            {
                return false;
            }

            if (result.IsCompleted)
            {
                return true;
            }
        }
    }
}
