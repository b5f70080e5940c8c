using System.Buffers;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Tests.Expressions;

public class ContextFormatTests
{
    private const string Usual =
        """{"requestId":"$context.requestId","ip":"$context.identity.sourceIp","requestTime":"$context.requestTime","eventType":"$context.eventType","routeKey":"$context.routeKey","status":"$context.status","connectionId":"$context.connectionId"}""";

    [Fact]
    public void Write_UsualFormat_IsOneJsonObject()
    {
        var row = Write(Usual, ("requestId", "r1="), ("identity.sourceIp", "127.0.0.1"), ("routeKey", "join"), ("status", "200"));

        var json = JsonDocument.Parse(row).RootElement;
        Assert.Equal("r1=", json.GetProperty("requestId").GetString());
        Assert.Equal("join", json.GetProperty("routeKey").GetString());
        Assert.Equal("-", json.GetProperty("connectionId").GetString());
    }

    [Theory]
    [InlineData("$context.requestId", "r1")]
    [InlineData("[$context.requestId] $context.routeKey.", "[r1] join.")]
    [InlineData("$context.requestId$context.routeKey", "r1join")]
    [InlineData("${context.requestId}x", "r1x")]
    [InlineData("$context.extendedRequestId ${context.authorizer.my-tenant}", "- acme")]
    [InlineData("$context.requestId costs 5$ or $5 $", "r1 costs 5$ or $5 $")]
    [InlineData("$context.requestId $context.responseLength $context.integration.status $context.nothing", "r1 - - -")]
    [InlineData("$context.requestId $context.error.messageString $context.error.message", "r1 \"Bad \\\"x\\\"\" Bad \\\"x\\\"")]
    [InlineData("$context.requestId é", "r1 é")]
    public void Write_Format_FillsIn(string format, string expected) =>
        Assert.Equal(expected, Write(
            format,
            ("requestId", "r1"),
            ("routeKey", "join"),
            ("authorizer.my-tenant", "acme"),
            ("responseLength", "never asked"),
            ("error.message", "Bad \"x\""),
            ("error.messageString", "\"Bad \\\"x\\\"\"")));

    [Fact]
    public void Write_HostileValue_StaysInItsPlace()
    {
        const string Evil = "x\",\"admin\":\"\r\n\t\0\u001b[2J\u007f\u0085\u009b\u2028\u2029\\é😀";

        var row = Write("""{"id":"$context.requestId","agent":"$context.identity.userAgent"}""", ("requestId", "r"), ("identity.userAgent", Evil));

        Assert.DoesNotContain(row, static c => char.IsControl(c) || c is '\u2028' or '\u2029');
        var json = JsonDocument.Parse(row).RootElement;
        Assert.Equal(2, json.EnumerateObject().Count());
        Assert.Equal(Evil, json.GetProperty("agent").GetString());
    }

    [Fact]
    public void Write_QuotedMessageWithControls_IsOneLine() =>
        Assert.Equal("r \"a\\nb\"", Write("$context.requestId $context.error.messageString", ("requestId", "r"), ("error.messageString", "\"a\nb\"")));

    [Fact]
    public void Write_BytesThatAreNotUtf8_AreReplaced()
    {
        var writer = new ArrayBufferWriter<byte>();
        LogEscapes.Write([0x61, 0xFF, 0xC3, 0x0A], isJsonAlready: false, writer);

        Assert.Equal("a\uFFFD\uFFFD\\n", Encoding.UTF8.GetString(writer.WrittenSpan));
    }

    [Fact]
    public void Write_Again_AllocatesNothing()
    {
        Assert.True(ContextFormat.TryParse(Usual, out var format, out _));
        var source = new Constant();
        var writer = new ArrayBufferWriter<byte>(4096);
        format.Write(source, writer);

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            writer.ResetWrittenCount();
            format.Write(source, writer);
        }

        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [Theory]
    [InlineData("$context.routeKey", "must contain $context.requestId or $context.extendedRequestId")]
    [InlineData("", "must contain $context.requestId")]
    [InlineData("$context.requestId\n", "column 19: the format must be one line")]
    [InlineData("$context.requestId\u001b", "control characters")]
    [InlineData("$context.requestId $stageVariables.x", "column 20: only $context variables")]
    [InlineData("$context.requestId $input.body", "column 20: only $context variables")]
    [InlineData("$context.requestId ${context.a", "column 20")]
    [InlineData("$context.requestId $context.", "column 20")]
    [InlineData("$contextual.requestId", "column 1")]
    public void TryParse_AgainstTheRules_SaysWhat(string format, string expected)
    {
        Assert.False(ContextFormat.TryParse(format, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Size_IsBoundedTo3KB()
    {
        const string Id = "$context.requestId";

        Assert.True(ContextFormat.TryParse(Id + new string('-', 3072 - Id.Length), out _, out _));
        Assert.False(ContextFormat.TryParse(Id + new string('-', 3073 - Id.Length), out _, out var error));
        Assert.Contains("3073 bytes", error, StringComparison.Ordinal);
    }

    private static string Write(string text, params (string Name, string Value)[] values)
    {
        Assert.True(ContextFormat.TryParse(text, out var format, out var error), error);
        var source = new FakeMessageSource();
        foreach (var (name, value) in values)
        {
            source.Context[name] = value;
        }

        var writer = new ArrayBufferWriter<byte>();
        format.Write(source, writer);
        return Encoding.UTF8.GetString(writer.WrittenSpan);
    }

    private sealed class Constant : IContextSource
    {
        public bool TryWriteContext(in ContextVariable variable, IBufferWriter<byte> destination)
        {
            destination.Write("a \"value\"\n"u8);
            return true;
        }
    }
}
