using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Events;

public sealed class ErrorFrameTests
{
    private static readonly IdSource Ids = new();
    private readonly ConnectionId _connection = Ids.NextConnectionId();
    private readonly RequestId _request = Ids.NextRequestId();

    [Fact]
    public void Write_AnyFrame_HasAmazonsBytes()
    {
        var frame = new byte[ErrorFrame.UnsupportedMediaType.Length];
        ErrorFrame.UnsupportedMediaType.Write(frame, _connection, _request);

        Assert.Equal(
            $$"""{"message": "Unsupported Media Type", "connectionId":"{{_connection}}", "requestId":"{{_request}}"}""", Encoding.UTF8.GetString(frame));
    }

    [Fact]
    public void Write_BadRequestBody_NamesTheMessageToo()
    {
        var message = Ids.NextMessageId(_connection);
        var frame = new byte[ErrorFrame.BadRequestBody.Length];
        ErrorFrame.BadRequestBody.Write(frame, _connection, _request, message);

        Assert.Equal(
            $$"""{"message": "Bad request body", "connectionId":"{{_connection}}", "requestId":"{{_request}}", "messageId":"{{message}}"}""",
            Encoding.UTF8.GetString(frame));
    }
}
