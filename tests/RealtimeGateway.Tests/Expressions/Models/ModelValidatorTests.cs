using System.Text;
using RealtimeGateway.Expressions.Models;

namespace RealtimeGateway.Tests.Expressions.Models;

public class ModelValidatorTests
{
    private const string Chat =
        """
        {"$schema":"http://json-schema.org/draft-04/schema#","title":"Chat","type":"object","required":["action","text"],
         "properties":{"action":{"type":"string","enum":["say","shout"]},"text":{"type":"string","minLength":1,"maxLength":5},
                       "to":{"$ref":"#/definitions/user"}},
         "additionalProperties":false,
         "definitions":{"user":{"type":"object","properties":{"friend":{"$ref":"#/definitions/user"},"age":{"type":"integer","minimum":0}}}}}
        """;

    [Theory]
    [InlineData(Chat, """{"action":"say","text":"hi"}""")]
    [InlineData(Chat, """{"action":"say","text":"😀😀😀😀😀","to":{"friend":{"friend":{"age":3}}}}""")]
    [InlineData("{}", "null")]
    [InlineData("""{"type":["string","null"]}""", "null")]
    [InlineData("""{"type":"number"}""", "1")]
    [InlineData("""{"type":"integer"}""", "123456789012345678901234567890")]
    [InlineData("""{"maximum":5}""", "5")]
    [InlineData("""{"multipleOf":0.01}""", "19.99")]
    [InlineData("""{"multipleOf":0.0000000000000000000000000001}""", "79228162514264337593543950335")]
    [InlineData("""{"maximum":1e10}""", "-1e400")]
    [InlineData("""{"pattern":"^a+$"}""", "\"aaa\"")]
    [InlineData("""{"pattern":"^a+$"}""", "5")]
    [InlineData("""{"items":{"type":"integer"},"uniqueItems":true}""", "[1,2,3]")]
    [InlineData("""{"items":[{"type":"integer"}],"additionalItems":{"type":"string"}}""", """[1,"a","b"]""")]
    [InlineData("""{"items":[{}],"additionalItems":false}""", "[1]")]
    [InlineData("""{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}""", """{"x-a":"b"}""")]
    [InlineData("""{"dependencies":{"a":["b"]}}""", """{"a":1,"b":2}""")]
    [InlineData("""{"dependencies":{"a":["b"]}}""", """{"c":1}""")]
    [InlineData("""{"oneOf":[{"type":"string"},{"type":"integer"}]}""", "1")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":2}]}""", "2")]
    [InlineData("""{"not":{"type":"string"}}""", "1")]
    [InlineData("""{"enum":[{"a":[1,2]}]}""", """{"a":[1,2.0]}""")]
    [InlineData("""{"properties":{"a/b":{"type":"string"},"c":{"$ref":"#/properties/a~1b"}}}""", """{"c":"x"}""")]
    [InlineData("""{"definitions":{"a b":{"type":"string"}},"$ref":"#/definitions/a%20b"}""", "\"x\"")]
    [InlineData("""{"format":"email"}""", "\"not an address\"")]
    public void TryValidate_BodyThatFollows_Passes(string schema, string body) =>
        Assert.True(Parse(schema).TryValidate(Encoding.UTF8.GetBytes(body), out var error), error);

    [Theory]
    [InlineData(Chat, """{"action":"say"}""", "[object has missing required properties ([\"text\"])]")]
    [InlineData(Chat, """{"action":"cry","text":"hi"}""", "[instance value (\"cry\") not found in enum (possible values: [\"say\",\"shout\"])]")]
    [InlineData(Chat, """{"action":"say","text":""}""", "[string \"\" is too short (length: 0, required minimum: 1)]")]
    [InlineData(Chat, """{"action":"say","text":"123456"}""", "[string \"123456\" is too long (length: 6, maximum allowed: 5)]")]
    [InlineData(Chat, """{"action":"say","text":"x","b":1}""", "[object instance has properties which are not allowed by the schema: [\"b\"]]")]
    [InlineData(Chat, """{"action":"say","text":"x","to":{"friend":{"age":-1}}}""", "[numeric value is lower than the required minimum (minimum: 0, found: -1)]")]
    [InlineData(Chat, "[]", "[instance type (array) does not match any allowed primitive type (allowed: [\"object\"])]")]
    [InlineData("""{"type":"number"}""", "\"1\"", "[instance type (string) does not match any allowed primitive type (allowed: [\"integer\",\"number\"])]")]
    [InlineData("""{"type":"integer"}""", "1.0", "[instance type (number) does not match any allowed primitive type (allowed: [\"integer\"])]")]
    [InlineData("""{"minimum":5,"exclusiveMinimum":true}""", "5", "lower than the required minimum")]
    [InlineData("""{"maximum":5}""", "1e400", "greater than the required maximum")]
    [InlineData("""{"multipleOf":0.01}""", "19.999", "remainder of division is not zero")]
    [InlineData("""{"pattern":"^a+$"}""", "\"b\"", "[ECMA 262 regex \"^a+$\" does not match input string \"b\"]")]
    [InlineData("""{"minItems":2}""", "[1]", "array is too short")]
    [InlineData("""{"maxItems":1}""", "[1,2]", "array is too long")]
    [InlineData("""{"uniqueItems":true}""", """[{"a":1},2,{"a":1.0}]""", "duplicate elements")]
    [InlineData("""{"items":{"type":"integer"}}""", """[1,"x"]""", "instance type (string)")]
    [InlineData("""{"items":[{}],"additionalItems":false}""", "[1,2]", "too many elements: 2 (expected 1)")]
    [InlineData("""{"minProperties":1}""", "{}", "too few properties")]
    [InlineData("""{"maxProperties":1}""", """{"a":1,"b":2}""", "too many properties")]
    [InlineData("""{"patternProperties":{"^x-":{"type":"string"}},"additionalProperties":false}""", """{"y":"b"}""", "not allowed by the schema: [\"y\"]")]
    [InlineData("""{"additionalProperties":{"type":"string"}}""", """{"y":1}""", "instance type (integer)")]
    [InlineData("""{"dependencies":{"a":["b"]}}""", """{"a":1}""", "missing property dependencies (missing: [\"b\"])")]
    [InlineData("""{"dependencies":{"a":{"required":["c"]}}}""", """{"a":1}""", "missing required properties")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "3", "matched several out of 2")]
    [InlineData("""{"oneOf":[{"minimum":1},{"minimum":2}]}""", "0", "[instance failed to match exactly one schema (matched none out of 2)]")]
    [InlineData("""{"anyOf":[{"type":"string"},{"minimum":2}]}""", "1", "[instance failed to match at least one required schema among 2]")]
    [InlineData("""{"allOf":[{"type":"string"},{"type":"integer"}]}""", "1", "instance type (integer)")]
    [InlineData("""{"not":{"type":"string"}}""", "\"x\"", "matched a schema which it should not have")]
    [InlineData("{}", "hello", "it is not JSON")]
    [InlineData("{}", "{a:1}", "it is not JSON")]
    [InlineData("""{"minLength":1}""", "\"\\ud800\"", "not Unicode text")]
    public void TryValidate_BodyThatDoesNot_SaysWhy(string schema, string body, string expected)
    {
        Assert.False(Parse(schema).TryValidate(Encoding.UTF8.GetBytes(body), out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"$ref":"#"}""", "1")]
    [InlineData("""{"anyOf":[{"$ref":"#"},{"$ref":"#"}]}""", "1")]
    [InlineData("""{"definitions":{"a":{"$ref":"#/definitions/b"},"b":{"$ref":"#/definitions/a"}},"$ref":"#/definitions/a"}""", "1")]
    [InlineData("""{"not":{"$ref":"#"}}""", "1")]
    public void TryValidate_CircularSchema_Ends(string schema, string body)
    {
        Assert.False(Parse(schema).TryValidate(Encoding.UTF8.GetBytes(body), out var error));
        Assert.Contains("too many", error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("(a+)+$")]
    [InlineData("^(?=a)(a+)+$")]
    public void TryValidate_CatastrophicPattern_EndsInTime(string pattern)
    {
        var body = Encoding.UTF8.GetBytes("[\"" + string.Join("!\",\"", Enumerable.Repeat(new string('a', 1000), 100)) + "!\"]");
        var model = Parse("{\"items\":{\"pattern\":\"" + pattern + "\"}}");
        var start = TimeProvider.System.GetTimestamp();

        Assert.False(model.TryValidate(body, out _));

        // 100 strings at 50 ms each would be 5 s.
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(1));
    }

    [Fact]
    public void TryValidate_ManySlowMatches_ShareOneBound()
    {
        // Each takes a fraction of a millisecond, so none runs out of time by itself; together they would take seconds.
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("\"" + new string('a', 12) + "!\"", 20_000)) + "]");

        var start = TimeProvider.System.GetTimestamp();

        Assert.False(Parse("""{"items":{"pattern":"^(?=a)(a+)+$"}}""").TryValidate(body, out var error));
        Assert.InRange(TimeProvider.System.GetElapsedTime(start), TimeSpan.Zero, TimeSpan.FromSeconds(1));
        Assert.Equal("[instance took too long to match a regular expression]", error);
    }

    [Fact]
    public void TryValidate_LongArrayOfDifferentElements_IsUnique()
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Range(0, 20_000)) + "]");

        Assert.True(Parse("""{"uniqueItems":true}""").TryValidate(body, out var error), error);
    }

    [Fact]
    public void TryValidate_ManyMistakes_GivesShortError()
    {
        var body = Encoding.UTF8.GetBytes("[" + string.Join(',', Enumerable.Repeat("\"" + new string('x', 1000) + "\"", 100)) + "]");

        Assert.False(Parse("""{"items":{"maxLength":1}}""").TryValidate(body, out var error));
        Assert.InRange(error.Length, 100, 2000);
    }

    [Theory]
    [InlineData("{", "the schema is not JSON")]
    [InlineData("[]", "#: a schema must be an object")]
    [InlineData("""{"type":"strin"}""", "#/type: must be one or more of")]
    [InlineData("""{"properties":{"a":{"minLength":-1}}}""", "#/properties/a/minLength: must be a whole number")]
    [InlineData("""{"exclusiveMinimum":5}""", "#/exclusiveMinimum: must be true or false")]
    [InlineData("""{"pattern":"("}""", "#/pattern: '(' is not a regular expression")]
    [InlineData("""{"patternProperties":{"(":{}}}""", "#/patternProperties: '('")]
    [InlineData("""{"required":[]}""", "#/required: must be an array that is not empty")]
    [InlineData("""{"multipleOf":0}""", "#/multipleOf: must be greater than 0")]
    [InlineData("""{"items":{"$ref":"http://127.0.0.1:1/model"}}""", "#/items: the reference 'http://127.0.0.1:1/model' leads out of the model, and none is ever fetched")]
    [InlineData("""{"$ref":"other.json#/a"}""", "leads out of the model")]
    [InlineData("""{"$ref":"#/definitions/none"}""", "leads nowhere")]
    [InlineData("""{"$schema":"http://json-schema.org/draft-07/schema#"}""", "#/$schema: use")]
    public void TryParse_MalformedSchema_NamesPlaceAndMend(string schema, string expected)
    {
        Assert.False(ModelValidator.TryParse(schema, out _, out var error));
        Assert.Contains(expected, error, StringComparison.Ordinal);
    }

    [Fact]
    public void TryParse_Size_IsBounded()
    {
        var padding = new string(' ', ModelValidator.MaxSchemaCharacters - 2);

        Assert.True(ModelValidator.TryParse("{" + padding + "}", out _, out _));
        Assert.False(ModelValidator.TryParse("{" + padding + " }", out _, out var error));
        Assert.Contains("32769 characters", error, StringComparison.Ordinal);
    }

    private static ModelValidator Parse(string schema)
    {
        Assert.True(ModelValidator.TryParse(schema, out var validator, out var error), error);
        return validator;
    }
}
