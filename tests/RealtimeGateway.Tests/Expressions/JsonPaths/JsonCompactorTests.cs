using System.Buffers;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions.JsonPaths;

namespace RealtimeGateway.Tests.Expressions.JsonPaths;

public sealed class JsonCompactorTests
{
    [Theory]
    [InlineData("{}", "{}")]
    [InlineData(" [ ] ", "[]")]
    [InlineData("""{"a":1,"b":[true,false,null],"c":{"d":"e"}}""", """{"a":1,"b":[true,false,null],"c":{"d":"e"}}""")]
    [InlineData(""" { "a" :1 , "b": [ true,false , null ],"c" : { "d" : "e" } } """, """{"a":1,"b":[true,false,null],"c":{"d":"e"}}""")]
    [InlineData("[1.50,2,3.0,1e2, 4.25]", "[1.5,2,3.0,100.0,4.25]")]
    [InlineData("[1.23456789012345678901]", "[1.23456789012345678901]")]
    [InlineData("""["a\/b","c","\u00e9","\"\\","\t"]""", """["a/b","c","é","\"\\","\t"]""")]
    [InlineData("""{"\u0061":"\u0001","b":""}""", """{"a":"\u0001","b":""}""")]
    [InlineData("\"x\"", "\"x\"")]
    [InlineData("5", "5")]
    [InlineData("[[],[[]],{}]", "[[],[[]],{}]")]
    [InlineData("[\"\",\"a b\", \"\" ]", "[\"\",\"a b\",\"\"]")]
    public void Write_Json_LeavesOutBlanks(string json, string expected) => Assert.Equal(expected, Compact(Encoding.UTF8.GetBytes(json)));

    [Fact]
    public void Write_LongTextWithEscapes_IsKept()
    {
        var text = string.Concat(Enumerable.Repeat("line\n\"quoted\" é ", 1_000));
        var json = JsonSerializer.SerializeToUtf8Bytes(text);
        Assert.Equal(text, JsonSerializer.Deserialize<string>(Compact(json)));
    }

    [Fact]
    public void Write_TextThatIsNotUtf8_Throws()
    {
        Assert.Throws<JsonException>(() => Compact([(byte)'"', 0xC3, (byte)'"']));
        Assert.Throws<JsonException>(() => Compact("\"\\ud800\""u8.ToArray()));
    }

    private static string Compact(byte[] json)
    {
        var output = new ArrayBufferWriter<byte>();
        JsonCompactor.Write(json, 64, output);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
