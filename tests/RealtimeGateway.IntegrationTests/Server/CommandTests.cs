using RealtimeGateway.Configuration;

namespace RealtimeGateway.IntegrationTests.Server;

public sealed class CommandTests : IDisposable
{
    private readonly TemporaryDirectory _directory = new();

    public void Dispose() => _directory.Dispose();

    [Fact]
    public async Task Check_GoodFile_ExitsWithZero()
    {
        _directory.Write("good.yaml", "apis: { chat: { stages: { prod: } } }");

        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, "check", "good.yaml");

        Assert.Equal((0, "good.yaml: no mistakes"), (code, output.Trim()));
    }

    [Theory]
    [InlineData("apis:\n  chat:\n    routes: { x: [] }\n    stages: { prod: { limits: { maxFrame: big } } }\n", "bad.yaml:3:18: expected target", "bad.yaml:4:43: expected a size")]
    [InlineData("apis:\n  chat:\n    routes: { x: nowhere }\n    stages: { prod: { limits: { maxMessage: off } } }\n", "bad.yaml:3:18: apis.chat.routes.x.target: ", "bad.yaml:4:45: apis.chat.stages.prod.limits.maxMessage: ")]
    public async Task Check_BadFile_TellsFormAndSenseAndExitsWithOne(string content, params string[] starts)
    {
        _directory.Write("bad.yaml", content);

        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, "check", "bad.yaml");

        var lines = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal((1, starts.Length), (code, lines.Length));
        Assert.All(lines.Zip(starts), pair => Assert.StartsWith(pair.Second, pair.First, StringComparison.Ordinal));
    }

    [Fact]
    public async Task Check_NoSuchFile_ExitsWithOne()
    {
        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, "check", "missing.yaml");

        Assert.Equal((1, "missing.yaml:1:1: there is no such file; give the path of the configuration file"), (code, output.Trim()));
    }

    [Fact]
    public async Task Schema_Always_PrintsTheSchema()
    {
        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, "schema");

        Assert.Equal((0, GatewayFileSchema.Text().Trim()), (code, output.Trim()));
    }

    [Theory]
    [InlineData("--help", "--data-url <URL>")]
    [InlineData("--version", "0.")]
    public async Task Help_Always_ExitsWithZero(string option, string part)
    {
        var (code, output, _) = await ServerProcess.RunToEndAsync(_directory.Path, option);

        Assert.Equal(0, code);
        Assert.Contains(part, output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task UnknownOption_IsTold()
    {
        var (code, _, error) = await ServerProcess.RunToEndAsync(_directory.Path, "--date-url", "http://127.0.0.1:0");

        Assert.NotEqual(0, code);
        Assert.Contains("--date-url", error, StringComparison.Ordinal);
    }
}
