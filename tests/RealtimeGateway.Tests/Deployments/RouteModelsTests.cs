using System.Text;
using RealtimeGateway.Deployments;
using RealtimeGateway.Expressions;
using RealtimeGateway.Expressions.Models;

namespace RealtimeGateway.Tests.Deployments;

public sealed class RouteModelsTests
{
    private const string NeedsText = """{"type":"object","required":["text"],"properties":{"text":{"type":"string"}}}""";
    private const string NeedsNumber = """{"type":"object","required":["number"],"properties":{"number":{"type":"number"}}}""";

    [Theory]
    [InlineData("""{"text":"a"}""", true)]
    [InlineData("""{"text":1}""", false)]
    [InlineData("""{}""", false)]
    [InlineData("no JSON", false)]
    [InlineData("", false)]
    public void TryValidate_WithoutSelection_AsksTheDefault(string body, bool fits) =>
        Assert.Equal(fits, Validate(Make(null, ("$default", NeedsText)), body, out _));

    [Theory]
    [InlineData("""{"kind":"n","number":1}""", true)]
    [InlineData("""{"kind":"n","text":"a"}""", false)]
    [InlineData("""{"kind":"other","text":"a"}""", true)]
    [InlineData("""{"text":"a"}""", true)]
    [InlineData("""{"kind":"a key that is much longer than any that a model has","text":"a"}""", true)]
    public void TryValidate_WithSelection_AsksTheSelectedModelElseTheDefault(string body, bool fits) =>
        Assert.Equal(fits, Validate(Make("$request.body.kind", ("n", NeedsNumber), ("$default", NeedsText)), body, out _));

    [Fact]
    public void TryValidate_NothingSelectedAndNoDefault_DoesNotFit()
    {
        Assert.False(Validate(Make("$request.body.kind", ("n", NeedsNumber)), """{"kind":"x","number":1}""", out var error));
        Assert.Equal("[no model is selected by the message]", error);
    }

    [Fact]
    public void TryValidate_MessageThatDoesNotFit_SaysWhy()
    {
        Assert.False(Validate(Make(null, ("$default", NeedsText)), "{}", out var error));
        Assert.Contains("text", error, StringComparison.Ordinal);
    }

    private static bool Validate(RouteModels models, string body, out string? error) => models.TryValidate(Encoding.UTF8.GetBytes(body), out error);

    private static RouteModels Make(string? selection, params (string Key, string Schema)[] models)
    {
        SelectionExpression? expression = null;
        Assert.True(selection is null || SelectionExpression.TryParse(selection, SelectionScope.Model, out expression, out _));
        return new RouteModels(expression, models.Select(static model =>
        {
            Assert.True(ModelValidator.TryParse(model.Schema, out var validator, out var error), error);
            return KeyValuePair.Create(model.Key, validator);
        }));
    }
}
