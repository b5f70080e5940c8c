using System.Buffers;
using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.ControlPlane.V2;
using RealtimeGateway.Events;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.ControlPlane;

public sealed class SampleTemplateTests
{
    private const string Schema = """
        {
          "type": "object",
          "properties": {
            "name": { "type": "string" },
            "age": { "type": ["integer", "null"] },
            "likes": { "type": "array", "items": { "type": "object", "properties": { "what": { "type": "string" } } } },
            "isNew": { "type": "boolean" },
            "address": { "properties": { "street \"1\"": {} } }
          }
        }
        """;

    [Fact]
    public void Of_AnObject_ShowsEveryMember() => Assert.Equal(
        """
        #set($inputRoot = $input.path('$'))
        {
          "name" : "foo",
          "age" : 42,
          "likes" : [
          #foreach($elem1 in $inputRoot.likes)
            {
              "what" : "foo"
            }#if($foreach.hasNext),#end
          #end
          ],
          "isNew" : true,
          "address" : {
            "street \u00221\u0022" : {}
          }
        }
        """.ReplaceLineEndings("\n"),
        SampleTemplate.Of(Schema));

    /// <summary>What it yields for a message of the model is JSON with the loop run once for each item.</summary>
    [Fact]
    public void Of_AnObject_IsATemplateThatYieldsJson()
    {
        Assert.True(Template.TryParse(SampleTemplate.Of(Schema), out var template, out var error), error?.ToString());
        var output = new ArrayBufferWriter<byte>();
        var context = new EventContext
        {
            Type = EventType.Message,
            Stage = new StageIdentity(ApiId.Parse("chat"), "prod", ImmutableSortedDictionary<string, string>.Empty, "000000000000", "us-east-1"),
            RouteKey = "x",
            ConnectionId = default,
            Client = new() { ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "", SourceIp = "", ConnectedAt = default },
            RequestId = default,
            RequestTime = default,
            Body = """{"likes":[1,2,3]}"""u8.ToArray(),
        };
        Assert.True(template.Evaluate(context, output).IsOk);
        var json = JsonNode.Parse(Encoding.UTF8.GetString(output.WrittenSpan))!;
        Assert.Equal(3, json["likes"]!.AsArray().Count);
        Assert.Equal(42, json["age"]!.GetValue<int>());
    }

    [Theory]
    [InlineData("{}", "{}")]
    [InlineData("""{"type":"string"}""", "\"foo\"")]
    [InlineData("""{"type":"null"}""", "{}")]
    public void Of_WhateverElse_IsShort(string schema, string sample) =>
        Assert.Equal($"#set($inputRoot = $input.path('$'))\n{sample}", SampleTemplate.Of(schema));
}
