using System.Collections.Immutable;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Deployments;

/// <summary>Amazon API Gateway's quotas of stage variables.</summary>
public sealed class StageVariableRulesTests
{
    private const string Place = "apis.chat.stages.prod.variables";

    [Theory]
    [InlineData("n", "v")]
    [InlineData("Az_09", "Az09-._~:/?#&=,")]
    [InlineData("_", "http://a.example:80/b?c=d&e=f#g,h~i")]
    public void Compile_AllowedVariable_IsKept(string name, string value)
    {
        var (errors, stages) = Compile((name, value));

        Assert.Empty(errors);
        Assert.Equal(value, Assert.Single(stages!).Identity.Variables[name]);
    }

    [Theory]
    [InlineData("", "v", "is no name")]
    [InlineData("a-b", "v", "1 to 64 letters, digits and '_'")]
    [InlineData("a b", "v", "is no name")]
    [InlineData("naïve", "v", "is no name")]
    [InlineData("n\n", "v", "is no name")]
    [InlineData("n", "", "is empty; write one")]
    [InlineData("n", "a b", "character 2 is not allowed; use ASCII letters, digits and -._~:/?#&=, only")]
    [InlineData("n", "é", "character 1 is not allowed")]
    [InlineData("n", "v\n", "character 2 is not allowed")]
    [InlineData("n", "a@b", "character 2 is not allowed")]
    [InlineData("n", "a%20", "character 2 is not allowed")]
    public void Compile_WrongVariable_SaysHowToMendIt(string name, string value, string words)
    {
        var (errors, stages) = Compile((name, value));

        Assert.Null(stages);
        var error = Assert.Single(errors);
        Assert.Equal($"{Place}.{name}", error.Path.ToString());
        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(64, 512, 0)]
    [InlineData(65, 512, 1)]
    [InlineData(64, 513, 1)]
    [InlineData(65, 513, 2)]
    public void Compile_LengthsOfVariable_AreBounded(int nameLength, int valueLength, int mistakes)
    {
        var (errors, _) = Compile((new string('n', nameLength), new string('v', valueLength)));

        Assert.Equal(mistakes, errors.Length);
        Assert.All(errors, error => Assert.Equal($"{Place}.{new string('n', nameLength)}", error.Path.ToString()));
    }

    [Theory]
    [InlineData(100, true)]
    [InlineData(102, false)]
    public void Compile_NumberOfVariables_IsBounded(int count, bool isAllowed)
    {
        var (errors, _) = Compile([.. Enumerable.Range(0, count).Select(number => ($"n{number}", "v"))]);

        Assert.Equal(isAllowed, errors.IsEmpty);
        Assert.All(errors, error => Assert.Equal((Place, "A stage has at most 100 variables, and here are 102; take 2 away."), (error.Path.ToString(), error.Message)));
    }

    /// <summary>A value may be a secret, and errors are logged.</summary>
    [Fact]
    public void Compile_WrongValue_IsNotRepeated()
    {
        var (errors, _) = Compile(("n", "pass word"));

        Assert.DoesNotContain("pass", Assert.Single(errors).Message, StringComparison.Ordinal);
    }

    private static (ImmutableArray<ConfigurationError> Errors, RealtimeGateway.Deployments.CompiledStage[]? Stages) Compile(params (string Name, string Value)[] variables)
    {
        var api = Compiled.Api("chat", "prod");
        var stage = api.Stages[0] with { Variables = variables.ToImmutableSortedDictionary(pair => pair.Name, pair => pair.Value) };
        return Compiled.Of(new GatewayConfiguration { Apis = [api with { Stages = [stage] }] });
    }
}
