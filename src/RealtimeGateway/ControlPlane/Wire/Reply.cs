using System.Buffers;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>The whole answer to a call.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Body">The body; empty: none.</param>
/// <param name="ErrorType">The value of <c>x-amzn-ErrorType</c>; null when all is well.</param>
/// <param name="ContentType">What the body is.</param>
internal sealed record Reply(int Status, ReadOnlyMemory<byte> Body, string? ErrorType = null, string ContentType = "application/json")
{
    /// <summary>No body.</summary>
    public static Reply Empty(int status) => new(status, default);

    /// <summary>One resource.</summary>
    public static Reply Of<T>(int status, T value, JsonTypeInfo<T> type) => new(status, JsonSerializer.SerializeToUtf8Bytes(value, type));

    /// <summary>JSON that the caller writes.</summary>
    public static Reply Of(int status, Action<Utf8JsonWriter> write)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            write(writer);
        }

        return new(status, buffer.WrittenMemory);
    }

    /// <summary>An error.</summary>
    public static Reply Of(ControlPlaneError error) => Of(error.Status, writer =>
    {
        writer.WriteStartObject();
        writer.WriteString("message"u8, error.Message);
        if (error.ResourceType is { } type)
        {
            writer.WriteString("resourceType"u8, type);
        }

        writer.WriteEndObject();
    }) with { ErrorType = error.Type };
}
