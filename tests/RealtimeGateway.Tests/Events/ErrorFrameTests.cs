using System.Reflection;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Events;

public sealed class ErrorFrameTests
{
    private static readonly ConnectionId Connection = ConnectionId.Create(0x81b8a493, [0xde, 0x52, 0x3d, 0, 0x18, 0x28, 0x48, 0xa2, 0x9c]);
    private static readonly RequestId Request = new([0x10, 0xfe, 0x68, 0x1c, 0x74, 0xcb, 0x20, 3, 4, 0xb7, 0x34]);

    private static IEnumerable<ErrorFrame> All => typeof(ErrorFrame).GetProperties(BindingFlags.Public | BindingFlags.Static)
        .Where(property => property.PropertyType == typeof(ErrorFrame)).Select(property => (ErrorFrame)property.GetValue(null)!);

    /// <summary>As captured from Amazon API Gateway: one space after the first colon and after each comma, none elsewhere.</summary>
    [Fact]
    public void Write_GivesAmazonsBytes() =>
        Assert.Equal($$"""{"message": "Forbidden", "connectionId":"{{Connection}}", "requestId":"{{Request}}"}""", Print(ErrorFrame.Forbidden));

    /// <summary>AWS documents this one with the message's id; readers of either name find what they look for.</summary>
    [Fact]
    public void Write_BadRequestBody_NamesTheMessageToo()
    {
        var message = ConnectionId.Create(7, Connection.Tail.ToArray().Append((byte)1).ToArray());
        var frame = new byte[ErrorFrame.BadRequestBody.Length];
        ErrorFrame.BadRequestBody.Write(frame, Connection, Request, message);

        Assert.Equal(
            $$"""{"message": "Bad request body", "connectionId":"{{Connection}}", "requestId":"{{Request}}", "messageId":"{{message}}"}""",
            Encoding.UTF8.GetString(frame));
    }

    [Fact]
    public void Texts_AreAmazons()
    {
        Assert.Equal("Forbidden", ErrorFrame.Forbidden.Message);
        Assert.Equal("Internal server error", ErrorFrame.InternalServerError.Message);
        Assert.Equal("Endpoint request timed out", ErrorFrame.TimedOut.Message);
        Assert.Equal("Bad request body", ErrorFrame.BadRequestBody.Message);
        Assert.Equal("Unsupported Media Type", ErrorFrame.UnsupportedMediaType.Message);
    }

    [Fact]
    public void Write_GivesJson_OfTheLengthThatWasSaid() => Assert.All(All, frame =>
    {
        var text = Print(frame);
        Assert.Equal(frame.Length, Encoding.UTF8.GetByteCount(text));
        using var json = JsonDocument.Parse(text);
        // A frame without a text says null.
        Assert.Equal(frame.Message, json.RootElement.GetProperty("message").GetString());
        Assert.Equal(Connection.ToString(), json.RootElement.GetProperty("connectionId").GetString());
        Assert.Equal(Request.ToString(), json.RootElement.GetProperty("requestId").GetString());
    });

    private static string Print(ErrorFrame frame)
    {
        var bytes = new byte[frame.Length];
        frame.Write(bytes, Connection, Request);
        return Encoding.UTF8.GetString(bytes);
    }
}
