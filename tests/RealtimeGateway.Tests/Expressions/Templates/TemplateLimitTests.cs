using System.Buffers;
using System.Diagnostics;
using System.Text;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Expressions.Templates;

namespace RealtimeGateway.Tests.Expressions.Templates;

public sealed class TemplateLimitTests
{
    [Fact]
    public void TryParse_TemplateOverLimit_IsRefused()
    {
        Assert.True(Template.TryParse(new string('x', 300 * 1024), out _, out _));
        Assert.False(Template.TryParse(new string('x', (300 * 1024) + 1), out _, out var error));
        Assert.Contains("longer than 307200 bytes", error.Message, StringComparison.Ordinal);

        // The bound is in bytes.
        Assert.False(Template.TryParse(new string('ü', 200 * 1024), out _, out _));
    }

    [Theory]
    [InlineData("1", "+1")]
    [InlineData("$x", " && $x")]
    [InlineData("$x", " or $x")]
    [InlineData("1", " == 1")]
    [InlineData("$x", "*(1)")]
    public void TryParse_EndlessExpression_IsRefused(string first, string next)
    {
        var text = $"#set($y = {first}{string.Concat(Enumerable.Repeat(next, 30_000))})";
        Assert.False(Template.TryParse(text, out _, out var error));
        Assert.Contains("too many operators", error.Message, StringComparison.Ordinal);
        Assert.False(Template.TryParse($"#if({new string('!', 100_000)}$x)#end", out _, out _));
    }

    [Fact]
    public void Evaluate_DeepestExpressionsAndBlocks_FitTheStack()
    {
        var expression = new string('(', 60) + "1" + string.Concat(Enumerable.Repeat("+1)", 60));
        var text = $"#macro(m $n)#set($k=$n+1){string.Concat(Enumerable.Repeat("#if($k)", 30))}#set($z={expression})#m($k){string.Concat(Enumerable.Repeat("#end", 31))}#m(0)";
        var template = Parse(text, new TemplateSettings { Time = new FakeTimeProvider() });
        TemplateOutcome outcome = default;
        var thread = new Thread(() => outcome = template.Evaluate(new FakeVariables(), new ArrayBufferWriter<byte>()), 512 * 1024);
        thread.Start();
        thread.Join();
        Assert.Equal(TemplateFailure.Depth, outcome.Failure);
    }

    [Fact]
    public void Evaluate_BodyOfVeryManyValues_IsNotMadeIntoObjects()
    {
        var body = Encoding.UTF8.GetBytes("[0" + string.Concat(Enumerable.Repeat(",0", 500_000)) + "]");
        var variables = new FakeVariables { Body = body };
        Assert.Equal(TemplateFailure.IntermediateSize, Parse("$input.path('$').size()", TemplateSettings.Default).Evaluate(variables, new ArrayBufferWriter<byte>()).Failure);
        Assert.True(Parse("$input.json('$[3]')", TemplateSettings.Default).Evaluate(variables, new ArrayBufferWriter<byte>()).IsOk);
    }

    [Fact]
    public void Evaluate_WhenTheClockRunsOut_FailsWithTime()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(51) };
        var template = Parse("#foreach($i in [1..1000])$i #end", new TemplateSettings { Time = time });
        var outcome = template.Evaluate(new FakeVariables(), new ArrayBufferWriter<byte>());
        Assert.Equal(TemplateFailure.Time, outcome.Failure);
    }

    [Fact]
    public void Evaluate_WithinTheTime_Succeeds()
    {
        var time = new FakeTimeProvider { AutoAdvanceAmount = TimeSpan.FromMilliseconds(1) };
        var template = Parse("#foreach($i in [1..1000])$i #end", new TemplateSettings { Time = time });
        Assert.True(template.Evaluate(new FakeVariables(), new ArrayBufferWriter<byte>()).IsOk);
    }

    [Theory]
    [InlineData("$input.path('$.t').matches('(a+)+$')")]
    [InlineData("$input.path('$.t').replaceAll('(a+)+$', 'x').length()")]
    [InlineData("$input.json('$[?(@ =~ /(a+)+$/)]')")]
    public void Evaluate_EvilPatternOn100KB_EndsInTime(string text)
    {
        var body = Encoding.UTF8.GetBytes($"{{\"t\":\"{new string('a', 100_000)}!\"}}");
        var template = Parse(text, TemplateSettings.Default);
        var start = Stopwatch.GetTimestamp();
        var outcome = template.Evaluate(new FakeVariables { Body = body }, new ArrayBufferWriter<byte>());
        Assert.True(Stopwatch.GetElapsedTime(start) < TimeSpan.FromSeconds(1));
        Assert.True(outcome.Failure is TemplateFailure.None or TemplateFailure.Time, outcome.ToString());
    }

    [Fact]
    public void Evaluate_PatternThatNeedsBacktracking_IsStoppedByItsOwnTime()
    {
        var settings = new TemplateSettings { Limits = new TemplateLimits { MaxTime = TimeSpan.FromMinutes(1) } };
        var body = Encoding.UTF8.GetBytes($"{{\"t\":\"{new string('a', 200)}!\"}}");
        var outcome = Parse("$input.path('$.t').matches('(a|aa)+\\1?(?=$)$')", settings)
            .Evaluate(new FakeVariables { Body = body }, new ArrayBufferWriter<byte>());
        Assert.Equal(TemplateFailure.Time, outcome.Failure);
    }

    [Fact]
    public void Evaluate_OutputAtTheLimit_SucceedsAndOneMoreByteFails()
    {
        var template = Parse("$input.body", TemplateSettings.Default);
        var output = new ArrayBufferWriter<byte>();
        Assert.True(template.Evaluate(new FakeVariables { Body = new byte[1024 * 1024] }, output).IsOk);
        Assert.Equal(1024 * 1024, output.WrittenCount);
        var outcome = template.Evaluate(new FakeVariables { Body = new byte[(1024 * 1024) + 1] }, new ArrayBufferWriter<byte>());
        Assert.Equal(TemplateFailure.OutputSize, outcome.Failure);
    }

    [Fact]
    public void Evaluate_SourceThatWritesMoreThanTheLimit_FailsWithOutputSize()
    {
        var variables = new FakeVariables { Context = { ["big"] = new string('x', 100) } };
        var settings = new TemplateSettings { Limits = new TemplateLimits { MaxOutputBytes = 150 } };
        Assert.True(Parse("$context.big", settings).Evaluate(variables, new ArrayBufferWriter<byte>()).IsOk);
        var output = new ArrayBufferWriter<byte>();
        var outcome = Parse("$context.big$context.big", settings).Evaluate(variables, output);
        Assert.Equal(TemplateFailure.OutputSize, outcome.Failure);
        Assert.True(output.WrittenCount <= 150);
    }

    [Fact]
    public void Evaluate_AfterAFailure_StartsAfresh()
    {
        var template = Parse("#if($input.params('x') == 'bad')#foreach($i in [1..1001])#end#{else}ok $v#set($v = 1)#end", TemplateSettings.Default);
        var bad = new FakeVariables { QueryString = new Dictionary<string, string> { ["x"] = "bad" } };
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(TemplateFailure.Rounds, template.Evaluate(bad, new ArrayBufferWriter<byte>()).Failure);
            var output = new ArrayBufferWriter<byte>();
            Assert.True(template.Evaluate(new FakeVariables(), output).IsOk);
            Assert.Equal("ok ", Encoding.UTF8.GetString(output.WrittenSpan));
        }
    }

    [Fact]
    public void Evaluate_Failure_TellsWhere()
    {
        var outcome = Parse("a\n  $input.path('$.l').get(3)", TemplateSettings.Default)
            .Evaluate(new FakeVariables { Body = "{\"l\":[1]}"u8.ToArray() }, new ArrayBufferWriter<byte>());
        Assert.Equal(TemplateFailure.Evaluation, outcome.Failure);
        Assert.Equal(2, outcome.Line);
        Assert.Equal("Index 3 is out of range for a list of 1", outcome.Message);
    }

    [Theory]
    [InlineData("#set($s='xxxxxxxx')#foreach($i in [1..1000])#set($s=$s+$s)#end")]
    [InlineData("#set($l=[1])#foreach($i in [1..1000])#set($x=$l.addAll($l))#end")]
    [InlineData("#set($m={})#foreach($i in [1..1000])#foreach($j in [1..1000])#set($x=$m.put(\"$i-$j\",$m.values()))#end#end")]
    [InlineData("#set($s='x')#foreach($i in [1..1000])#set($s=$s.replace('','ab'))#end")]
    [InlineData("#set($l=[1..1000])#foreach($i in $l)#foreach($j in $l)#set($x=$l.subList(0,1000))#end#end")]
    public void Evaluate_HostileTemplate_TakesBoundedMemory(string text)
    {
        var template = Parse(text, new TemplateSettings { Time = new FakeTimeProvider() });
        var before = GC.GetAllocatedBytesForCurrentThread();
        var outcome = template.Evaluate(new FakeVariables(), new ArrayBufferWriter<byte>());
        Assert.NotEqual(TemplateFailure.None, outcome.Failure);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 100_000_000);
    }

    [Fact]
    public void Evaluate_ByManyThreads_KeepsRunsApart()
    {
        var template = Parse("#set($x=$input.params('id'))#foreach($i in [1..5])$x#end", TemplateSettings.Default);
        Parallel.For(0, 2_000, i =>
        {
            var output = new ArrayBufferWriter<byte>();
            var id = $"<{i}>";
            template.Evaluate(new FakeVariables { PathParameters = new Dictionary<string, string> { ["id"] = id } }, output);
            Assert.Equal(string.Concat(Enumerable.Repeat(id, 5)), Encoding.UTF8.GetString(output.WrittenSpan));
        });
    }

    [Fact]
    public void TryParse_ContextPaths_AreMappedOnceWhenCompiled()
    {
        var asked = new List<string>();
        var settings = new TemplateSettings
        {
            ContextIds = path =>
            {
                asked.Add(path);
                return 7;
            },
        };
        var template = Parse("$context.connectionId ${context['identity'].sourceIp}", settings);
        Assert.Equal(["connectionId", "identity.sourceIp"], asked);
        template.Evaluate(new FakeVariables { Context = { ["connectionId"] = "a", ["identity.sourceIp"] = "b" } }, new ArrayBufferWriter<byte>());
        Assert.Equal(2, asked.Count);
    }

    private static Template Parse(string text, TemplateSettings settings)
    {
        Assert.True(Template.TryParse(text, settings, out var template, out var error), error?.ToString());
        return template;
    }
}
