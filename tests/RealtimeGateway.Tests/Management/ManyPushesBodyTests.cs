using System.Text;
using RealtimeGateway.Connections;
using RealtimeGateway.Management;

namespace RealtimeGateway.Tests.Management;

public sealed class ManyPushesBodyTests
{
    private const string A = "AAAAAAAAAAAAAAAAAA==";
    private const string B = "AAAAAAAAAAAAAAAAAQ==";

    [Theory]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==","AAAAAAAAAAAAAAAAAQ=="],"data":"hi"}""", "hi", false)]
    [InlineData(""" { "data" : "hi" , "connectionIds" : [ "AAAAAAAAAAAAAAAAAA\u003d\u003d" , "AAAAAAAAAAAAAAAAAQ==" ] } """, "hi", false)]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==","AAAAAAAAAAAAAAAAAQ=="],"data":"{\"a\":\"\u00e9\ud83d\ude00\n\"}"}""", "{\"a\":\"é😀\n\"}", false)]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==","AAAAAAAAAAAAAAAAAQ=="],"base64":"aGk="}""", "hi", true)]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==","AAAAAAAAAAAAAAAAAQ=="],"data":""}""", "", false)]
    public void Read_Body_TakesIdsAndMessage(string json, string payload, bool isBase64)
    {
        using var body = new ManyPushesBody();
        Assert.Null(body.Read(Encoding.UTF8.GetBytes(json)));
        Assert.Equal([A, B], body.Ids.ToArray().Select(static id => id.ToString()));
        Assert.Equal((payload, isBase64), (Encoding.UTF8.GetString(body.Payload.Span), body.IsBase64));
    }

    [Theory]
    [InlineData("", "The body is not JSON at line 1, byte 1.")]
    [InlineData("[]", "The body is not a JSON object.")]
    [InlineData("{\n \"connectionIds\": [\"AAAAAAAAAAAAAAAAAA==\",]", "The body is not JSON at line 2, byte 43.")]
    [InlineData("""{"connectionIds":[],"data":"x"} {}""", "The body is not JSON at line 1, byte 33.")]
    [InlineData("""{"connectionIds":[],"data":"x\ud83d"}""", "The string at byte 28 of the body is not Unicode text.")]
    [InlineData("""{"data":"x"}""", "connectionIds is missing.")]
    [InlineData("""{"connectionIds":[]}""", "data is missing, or base64 in its place.")]
    [InlineData("""{"connectionIds":"AAAAAAAAAAAAAAAAAA==","data":"x"}""", "connectionIds is not an array.")]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==",7],"data":"x"}""", "connectionIds[1] is not a string.")]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA==","AAAAAAAAAAAAAAAAAB=="],"data":"x"}""", "connectionIds[1]: Invalid connectionId: AAAAAAAAAAAAAAAAAB==")]
    [InlineData("""{"connectionIds":["AAAAAAAAAAAAAAAAAA%3D%3D"],"data":"x"}""", "connectionIds[0]: Invalid connectionId: AAAAAAAAAAAAAAAAAA%3D%3D")]
    [InlineData("""{"connectionIds":[],"connectionIds":[],"data":"x"}""", "connectionIds is there twice.")]
    [InlineData("""{"connectionIds":[],"data":"x","base64":"eA=="}""", "base64: The message is there already.")]
    [InlineData("""{"connectionIds":[],"data":{"a":1}}""", "data is not a string.")]
    [InlineData("""{"connectionIds":[],"base64":"e"}""", "base64 is not Base64.")]
    [InlineData("""{"connectionIDs":[],"data":"x"}""", "\"connectionIDs\" is none of connectionIds, data and base64.")]
    public void Read_WrongBody_SaysWhatAndWhere(string json, string mistake)
    {
        using var body = new ManyPushesBody();
        Assert.Equal(mistake, body.Read(Encoding.UTF8.GetBytes(json)));
    }

    [Fact]
    public void Read_BytesThatAreNoText_SaysWhere()
    {
        using var body = new ManyPushesBody();
        Assert.Equal(
            "The string at byte 28 of the body is not Unicode text.",
            body.Read([.. "{\"connectionIds\":[],\"data\":\""u8, 0xC3, 0x28, .. "\"}"u8]));
    }

    [Fact]
    public void Read_LongId_IsCutInTheMessage()
    {
        using var body = new ManyPushesBody();
        Assert.Equal(
            $"connectionIds[0]: Invalid connectionId: {new string('x', 64)}…",
            body.Read(Encoding.UTF8.GetBytes($$"""{"connectionIds":["{{new string('x', 100_000)}}"]}""")));
    }

    [Theory]
    [InlineData(10_000, null)]
    [InlineData(10_001, "connectionIds[10000]: There may be 10000 of them.")]
    public void Read_ManyIds_TakesTenThousand(int count, string? mistake)
    {
        var ids = Enumerable.Range(0, count).Select(static i => ConnectionId.Create(7, [0, 0, 0, 0, 0, 0, 0, (byte)(i >> 8), (byte)i])).ToArray();
        using var body = new ManyPushesBody();
        Assert.Equal(mistake, body.Read(Encoding.UTF8.GetBytes($$"""{"data":"x","connectionIds":["{{string.Join("\", \"", ids)}}"]}""")));
        Assert.Equal(ids[..10_000], body.Ids.ToArray());
    }

    /// <summary>A message of the greatest length fits however it is escaped, beside as many ids as there may be.</summary>
    [Fact]
    public void MaxBytes_HoldsTheLargestCall()
    {
        var ids = string.Join("\",\n  \"", Enumerable.Repeat(A.Replace("=", "\\u003d", StringComparison.Ordinal), ManyPushesBody.MaxIds));
        var data = string.Concat(Enumerable.Repeat("\\u0001", 128 * 1024));
        Assert.InRange(Encoding.UTF8.GetByteCount($$"""{"connectionIds":["{{ids}}"],"data":"{{data}}"}"""), 1, ManyPushesBody.MaxBytes(128 * 1024));
    }
}
