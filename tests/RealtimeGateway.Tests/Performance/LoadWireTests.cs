using System.Text;
using RealtimeGateway.Load.Signing;
using RealtimeGateway.Load.WebSockets;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Tests.Performance;

/// <summary>What the load program puts on the wire.</summary>
public sealed class LoadWireTests
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 23, 59, 59, TimeSpan.Zero);

    [Fact]
    public void WriteHeaders_PostToConnection_SignsAsTheGatewaysOwnSignerDoes()
    {
        const string Path = "/load/prod/@connections/AbC-_0123456789xyz%3D%3D";
        var body = Encoding.UTF8.GetBytes("""{"event":"push"}""");
        using var expected = new HttpRequestMessage(HttpMethod.Post, $"http://127.0.0.1:8080{Path}");
        new SigV4Signer().Sign(expected, body, new AwsCredential("AKID", "secret"), "execute-api", "us-east-1", Now);

        var buffer = new byte[RequestSigner.MaxHeaderBytes];
        var length = new RequestSigner(SigningKey.Parse("AKID:secret:us-east-1"), "127.0.0.1:8080", Path).WriteHeaders(body, Now, buffer);

        Assert.Equal(
            $"X-Amz-Date: 20260301T235959Z\r\nAuthorization: {expected.Headers.NonValidated["Authorization"]}\r\n", Encoding.ASCII.GetString(buffer, 0, length));
    }

    [Theory]
    [InlineData(128, 1)]
    [InlineData(32 * 1024, 1)]
    [InlineData((32 * 1024) + 1, 2)]
    [InlineData(128 * 1024, 4)]
    public void FrameOf_MessageOverAFramesBound_IsInFragments(int size, int frames)
    {
        var template = new MessageTemplate("{stamp}{pad}", size);

        var bytes = template.FrameOf(0x1234).ToArray();

        var (payload, seen, at) = (new MemoryStream(), 0, 0);
        while (at < bytes.Length)
        {
            var isFinal = (bytes[at] & 0x80) != 0;
            Assert.Equal(seen == 0 ? Frame.Text : Frame.Continuation, (byte)(bytes[at] & 0x0F));
            var (header, length) = (bytes[at + 1] & 0x7F) switch
            {
                126 => (4, (bytes[at + 2] << 8) | bytes[at + 3]),
                var small => (2, small),
            };
            for (var i = 0; i < length; i++)
            {
                payload.WriteByte((byte)(bytes[at + header + 4 + i] ^ bytes[at + header + (i & 3)]));
            }

            at += header + 4 + length;
            seen++;
            Assert.Equal(at == bytes.Length, isFinal);
        }

        Assert.Equal(frames, seen);
        Assert.Equal(template.Payload(0x1234).ToArray(), payload.ToArray());
    }
}
