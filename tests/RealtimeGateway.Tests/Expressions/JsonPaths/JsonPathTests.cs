using System.Buffers;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Expressions.JsonPaths;
using RealtimeGateway.Expressions.Templates;
using RealtimeGateway.Tests.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.JsonPaths;

public sealed class JsonPathTests
{
    // The example that Jayway JsonPath documents its dialect with.
    private const string Store = """
        {"store":{"book":[
          {"category":"reference","author":"Nigel Rees","title":"Sayings of the Century","price":8.95},
          {"category":"fiction","author":"Evelyn Waugh","title":"Sword of Honour","price":12.99},
          {"category":"fiction","author":"Herman Melville","title":"Moby Dick","isbn":"0-553-21311-3","price":8.99},
          {"category":"fiction","author":"J. R. R. Tolkien","title":"The Lord of the Rings","isbn":"0-395-19395-8","price":22.99}],
         "bicycle":{"color":"red","price":19.95}},"expensive":10}
        """;

    [Theory]
    [InlineData("$.store.book[*].author", """["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]""")]
    [InlineData("$..author", """["Nigel Rees","Evelyn Waugh","Herman Melville","J. R. R. Tolkien"]""")]
    [InlineData("$.store..price", "[8.95,12.99,8.99,22.99,19.95]")]
    [InlineData("$..book[2].title", """["Moby Dick"]""")]
    [InlineData("$..book[-2].title", """["Moby Dick"]""")]
    [InlineData("$..book[0,1].price", "[8.95,12.99]")]
    [InlineData("$..book[:2].price", "[8.95,12.99]")]
    [InlineData("$..book[1:2].price", "[12.99]")]
    [InlineData("$..book[-2:].price", "[8.99,22.99]")]
    [InlineData("$..book[2:].price", "[8.99,22.99]")]
    [InlineData("$.store.book[2:99].price", "[8.99,22.99]")]
    [InlineData("$.store.book[3:1]", "[]")]
    [InlineData("$..book[?(@.isbn)].price", "[8.99,22.99]")]
    [InlineData("$.store.book[?(@.price < 10)].price", "[8.95,8.99]")]
    [InlineData("$..book[?(@.price <= $['expensive'])].price", "[8.95,8.99]")]
    [InlineData("$..book[?(@.author =~ /.*REES/i)].price", "[8.95]")]
    [InlineData("$..book[?(@.author =~ /REES/i)].price", "[]")]
    [InlineData("$.store.book[?(@.price < 9 && @.category == 'fiction')].title", """["Moby Dick"]""")]
    [InlineData("$.store.book[?(@.price > 20 || @.category == \"reference\")].price", "[8.95,22.99]")]
    [InlineData("$.store.book[?(!@.isbn)].price", "[8.95,12.99]")]
    [InlineData("$.store.book[?(@.category in ['reference', 'x'])].price", "[8.95]")]
    [InlineData("$.store.book[?(@.category nin ['reference'])].price", "[12.99,8.99,22.99]")]
    [InlineData("$.store.book[?(@.title contains 'Rings')].price", "[22.99]")]
    [InlineData("$.store[?(@.color == 'red')].price", "[]")]
    [InlineData("$.store.bicycle[?(@.color == 'red')].price", "[19.95]")]
    [InlineData("$.store.book[?(@.isbn == null)].price", "[]")]
    [InlineData("$.store.book[?(@.isbn != null)].price", "[8.95,12.99,8.99,22.99]")]
    [InlineData("$.store.book.length()", "4")]
    [InlineData("$.store.book[*].price.max()", "22.99")]
    [InlineData("$.store.bicycle.keys()", """["color","price"]""")]
    [InlineData("$.store.bicycle['color','price']", """{"color":"red","price":19.95}""")]
    [InlineData("$.store['book','bicycle'].price", "[19.95]")]
    [InlineData("$['store']['bicycle'][\"color\"]", "\"red\"")]
    [InlineData("$.store.*.color", """["red"]""")]
    [InlineData("store.bicycle.color", "\"red\"")]
    [InlineData("$.store.book[9].price", null)]
    [InlineData("$.store.none", null)]
    [InlineData("$.expensive.none", null)]
    [InlineData("$.store.book[ 0 ]['title']", "\"Sayings of the Century\"")]
    public void Read_OfTheDocumentedExample_GivesWhatJaywayGives(string text, string? expected)
    {
        Assert.True(JsonPath.TryParse(text, out var path, out var error), error);
        var budget = 10_000;
        var value = path.Read(JsonValueReader.Read(Encoding.UTF8.GetBytes(Store), 64), ref budget, out var found);
        Assert.Equal(expected is not null, found);
        Assert.InRange(budget, 0, 9_999);
        if (expected is not null)
        {
            Assert.Equal(expected, ToJson(text));
            Assert.True(path.IsDefinite != value is JavaList || path.IsDefinite);
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("$.")]
    [InlineData("$..")]
    [InlineData("$[")]
    [InlineData("$[]")]
    [InlineData("$['a")]
    [InlineData("$['a'")]
    [InlineData("$[1")]
    [InlineData("$[1,]")]
    [InlineData("$[99999999999]")]
    [InlineData("$ x")]
    [InlineData("$.a b c")]
    [InlineData("$[?]")]
    [InlineData("$[?(]")]
    [InlineData("$[?()]")]
    [InlineData("$[?(@.a ==)]")]
    [InlineData("$[?(@.a == 1]")]
    [InlineData("$[?(1)]")]
    [InlineData("$[?(@.a =~ /(/)]")]
    [InlineData("$[?(@.a =~ x)]")]
    [InlineData("$[?(@.a in [@.b])]")]
    [InlineData("$[?(@.a in ['x'")]
    [InlineData("$.a.nope()")]
    public void TryParse_BrokenPath_TellsWhy(string text)
    {
        Assert.False(JsonPath.TryParse(text, out _, out var error));
        Assert.NotEmpty(error);
    }

    [Fact]
    public void TryParse_EndlessPath_IsRefused()
    {
        Assert.False(JsonPath.TryParse("$" + string.Concat(Enumerable.Repeat("[0]", 65)), out _, out _));
        Assert.False(JsonPath.TryParse("$[?" + new string('(', 100), out _, out _));
        Assert.False(JsonPath.TryParse("$[?(" + new string('!', 100) + "@.a)]", out _, out _));
        Assert.False(JsonPath.TryParse(new string('a', 5_000), out _, out _));
    }

    [Theory]
    [InlineData("$")]
    [InlineData("$.store")]
    [InlineData("$.store.book[1]")]
    [InlineData("$.store.book[1].title")]
    [InlineData("$.store.book[4]")]
    [InlineData("$.expensive")]
    [InlineData("$.store.bicycle.color.x")]
    [InlineData("$.store[0]")]
    public void TryLocate_OfPlainPath_AgreesWithTheParsedValue(string text)
    {
        Assert.True(JsonPath.TryParse(text, out var path, out _));
        Assert.NotNull(path.Plain);
        var json = Encoding.UTF8.GetBytes(Store);
        var budget = 1_000;
        var value = path.Read(JsonValueReader.Read(json, 64), ref budget, out var found);
        Assert.Equal(found, path.TryLocate(json, 64, out var slice));
        if (found)
        {
            budget = 1_000;
            Assert.True(JsonComparison.AreEqual(value, JsonValueReader.Read(slice.Of(json), 64), ref budget));
        }
    }

    [Theory]
    [InlineData("{\"a\":1")]
    [InlineData("{\"a\":1} 2")]
    [InlineData("{\"a\":1,}")]
    [InlineData("")]
    public void TryLocate_InBrokenJson_ThrowsEvenWhenTheValueIsThere(string json)
    {
        Assert.True(JsonPath.TryParse("$.a", out var path, out _));
        Assert.ThrowsAny<JsonException>(() => path.TryLocate(Encoding.UTF8.GetBytes(json), 64, out _));
    }

    [Fact]
    public void Read_BudgetRunsOut_StopsEarly()
    {
        Assert.True(JsonPath.TryParse("$..*..*..*", out var path, out _));
        var deep = new string('[', 60) + "1,1,1" + new string(']', 60);
        var budget = 500;
        path.Read(JsonValueReader.Read(Encoding.UTF8.GetBytes(deep), 64), ref budget, out _);
        Assert.True(budget < 0);
    }

    [Fact]
    public void Read_JsonOf10000Levels_IsRefused()
    {
        var deep = Encoding.UTF8.GetBytes(new string('[', 10_000) + new string(']', 10_000));
        Assert.ThrowsAny<JsonException>(() => JsonValueReader.Read(deep, 64));
    }

    [Theory]
    [InlineData(0.0, "0.0")]
    [InlineData(-0.0, "-0.0")]
    [InlineData(1.0, "1.0")]
    [InlineData(100.0, "100.0")]
    [InlineData(0.001, "0.001")]
    [InlineData(0.00099, "9.9E-4")]
    [InlineData(9999999.0, "9999999.0")]
    [InlineData(1e7, "1.0E7")]
    [InlineData(123456.789, "123456.789")]
    [InlineData(1.7976931348623157e308, "1.7976931348623157E308")]
    [InlineData(0.1 + 0.2, "0.30000000000000004")]
    [InlineData(-1.5e-10, "-1.5E-10")]
    [InlineData(double.NaN, "NaN")]
    [InlineData(double.NegativeInfinity, "-Infinity")]
    [InlineData(0.99999999999999989, "0.9999999999999999")]
    [InlineData(9999999.9999999981, "9999999.999999998")]
    public void JavaDouble_Formats_AsJavaDoes(double value, string expected)
    {
        var buffer = new byte[JavaDouble.MaxLength];
        Assert.Equal(expected, Encoding.ASCII.GetString(buffer, 0, JavaDouble.Format(value, buffer)));
    }

    private static string ToJson(string path)
    {
        var text = $"#set($p={(path.Contains('\'', StringComparison.Ordinal) ? $"\"{path.Replace("\"", "\"\"", StringComparison.Ordinal)}\"" : $"'{path}'")})$input.json($p)";
        Assert.True(Template.TryParse(text, out var template, out var error), error?.ToString());
        var output = new ArrayBufferWriter<byte>();
        Assert.True(template.Evaluate(new FakeVariables { Body = Encoding.UTF8.GetBytes(Store) }, output).IsOk);
        return Encoding.UTF8.GetString(output.WrittenSpan);
    }
}
