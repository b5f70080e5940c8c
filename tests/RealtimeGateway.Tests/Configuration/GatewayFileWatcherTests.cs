using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration;

namespace RealtimeGateway.Tests.Configuration;

public sealed class GatewayFileWatcherTests : IAsyncLifetime
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-file-").FullName;
    private readonly FakeTimeProvider _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private readonly ConcurrentQueue<GatewayConfiguration> _applied = new();
    private readonly LogLines _log = new();
    private readonly GatewayFileWatcher _watcher;
    private ImmutableArray<ConfigurationError> _verdict = [];

    public GatewayFileWatcherTests()
    {
        File = Path.Combine(_directory, "gateway.yaml");
        _watcher = new(File, Apply, _time, _log, _ => null);
    }

    private string File { get; }

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    public async ValueTask DisposeAsync()
    {
        await _watcher.StopAsync(CancellationToken.None);
        _watcher.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void Load_GoodFile_IsServedAndCounted()
    {
        Write("apis: { a: {} }");

        Assert.Empty(_watcher.Load());

        Assert.Equal("a", Assert.Single(_applied).Apis[0].Name);
        Assert.Equal((1, 0, _time.GetUtcNow()), (_watcher.State.Taken, _watcher.State.Refused, _watcher.State.TakenAt!.Value));
        Assert.Matches("^[0-9a-f]{16}$", _watcher.State.Revision);
    }

    [Theory]
    [InlineData("apis: { a: { x: } }", ":1:14: unknown member 'x'")]
    [InlineData("", ":1:1: the file holds nothing")]
    [InlineData(null, ":1:1: there is no such file")]
    public void Load_BadFile_SaysWhyAndServesNothing(string? content, string error)
    {
        if (content is not null)
        {
            Write(content);
        }

        Assert.StartsWith(File + error, Assert.Single(_watcher.Load()).ToString(), StringComparison.Ordinal);

        Assert.Empty(_applied);
        Assert.Equal((null, 0, 1), (_watcher.State.Revision, _watcher.State.Taken, _watcher.State.Refused));
    }

    [Fact]
    public void Load_Directory_SaysSo()
    {
        Directory.CreateDirectory(File);

        Assert.Contains("this is a directory", Assert.Single(_watcher.Load()).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Load_SenseIsWrong_IsToldWithItsPlace()
    {
        Write("apis:\n  a:\n    routes:\n      x: nowhere\n");
        _verdict = [new(ConfigurationPath.Root["apis"]["a"]["routes"]["x"]["target"], "There is no integration 'nowhere'.")];

        Assert.Equal($"{File}:4:10: apis.a.routes.x.target: There is no integration 'nowhere'.", Assert.Single(_watcher.Load()).ToString());
    }

    [Fact]
    public async Task Watch_GoodThenBadThenGood_KeepsTheLastGood()
    {
        await StartAsync("apis: { a: {} }");

        Write("apis: { b: {} }");
        await UntilAsync(state => state.Taken == 2);
        var good = _watcher.State.Revision;

        Write("apis: { c: { rotues: {} }, D: {} }");
        await UntilAsync(state => state.Refused == 1);
        Assert.Equal((good, 2), (_watcher.State.Revision, _watcher.State.Errors.Length));
        Assert.NotNull(_watcher.State.RefusedAt);
        Assert.Contains($"{File}:1:14: unknown member 'rotues'; did you mean 'routes'?\n{File}:1:28: 'D' is not an API id", _log.Text, StringComparison.Ordinal);
        Assert.Equal(["a", "b"], _applied.Select(configuration => configuration.Apis[0].Name));

        Write("apis: { c: {} }");
        await UntilAsync(state => state.Taken == 3);
        Assert.Empty(_watcher.State.Errors);
        Assert.Null(_watcher.State.RefusedAt);
        Assert.Equal("c", _applied.Last().Apis[0].Name);
    }

    [Fact]
    public async Task Watch_FileReplacedByRename_IsTakenOver()
    {
        await StartAsync("apis: { a: {} }");

        System.IO.File.WriteAllText(File + ".new", "apis: { b: {} }");
        System.IO.File.Move(File + ".new", File, overwrite: true);

        await UntilAsync(state => state.Taken == 2);
    }

    [Fact]
    public async Task Watch_LinkedDirectorySwapped_IsTakenOver()
    {
        // As Kubernetes mounts a config map: gateway.yaml -> ..data/gateway.yaml, ..data -> ..1, and an update swaps ..data.
        foreach (var (version, api) in new[] { ("..1", "a"), ("..2", "b") })
        {
            Directory.CreateDirectory(Path.Combine(_directory, version));
            System.IO.File.WriteAllText(Path.Combine(_directory, version, "gateway.yaml"), $"apis: {{ {api}: {{}} }}");
        }

        Directory.CreateSymbolicLink(Path.Combine(_directory, "..data"), "..1");
        System.IO.File.CreateSymbolicLink(File, Path.Combine("..data", "gateway.yaml"));
        await StartAsync(content: null);

        Directory.Delete(Path.Combine(_directory, "..data"));
        Directory.CreateSymbolicLink(Path.Combine(_directory, "..data"), "..2");

        await UntilAsync(state => state.Taken == 2);
        Assert.Equal("b", _applied.Last().Apis[0].Name);
    }

    [Fact]
    public async Task Watch_FileGoneAndBack_KeepsServing()
    {
        await StartAsync("apis: { a: {} }");

        System.IO.File.Delete(File);
        await UntilAsync(state => state.Refused == 1);
        Assert.NotNull(_watcher.State.Revision);

        Write("apis: { b: {} }");
        await UntilAsync(state => state.Taken == 2);
    }

    [Fact]
    public async Task Watch_ApplyingThrows_KeepsServingAndWatching()
    {
        await StartAsync("apis: { a: {} }");

        Write("apis: { boom: {} }");
        await UntilAsync(state => state.Refused == 1);
        Assert.Contains("taking the file over failed: boom", Assert.Single(_watcher.State.Errors).Message, StringComparison.Ordinal);

        Write("apis: { b: {} }");
        await UntilAsync(state => state.Taken == 2);
    }

    [Fact]
    public async Task Watch_SameContentWrittenAgain_ChangesNothing()
    {
        await StartAsync("apis: { a: {} }");

        Write("apis: { a: {} }");
        for (var step = 0; step < 200; step++)
        {
            await StepAsync();
        }

        Assert.Equal((1, 0), (_watcher.State.Taken, _watcher.State.Refused));
    }

    private async Task StartAsync(string? content)
    {
        if (content is not null)
        {
            Write(content);
        }

        Assert.Empty(_watcher.Load());
        await _watcher.StartAsync(TestContext.Current.CancellationToken);
    }

    private ImmutableArray<ConfigurationError> Apply(GatewayConfiguration configuration)
    {
        if (configuration.Apis is [{ Name: "boom" }, ..])
        {
            throw new InvalidOperationException("boom");
        }

        _applied.Enqueue(configuration);
        return _verdict;
    }

    private void Write(string content) => System.IO.File.WriteAllText(File, content);

    /// <summary>Lets time pass until it is so; the test's own time limit ends a wait in vain.</summary>
    private async Task UntilAsync(Func<GatewayFileState, bool> isSo)
    {
        var deadline = TimeProvider.System.GetTimestamp();
        while (!isSo(_watcher.State))
        {
            Assert.True(TimeProvider.System.GetElapsedTime(deadline) < TimeSpan.FromSeconds(20), $"The state stays {_watcher.State}.");
            await StepAsync();
        }
    }

    private async Task StepAsync()
    {
        _time.Advance(TimeSpan.FromMilliseconds(100));
        await Task.Yield();
    }

    private sealed class LogLines : ILogger<GatewayFileWatcher>
    {
        private readonly ConcurrentQueue<string> _lines = new();

        public string Text => string.Join('\n', _lines);

        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
            _lines.Enqueue(formatter(state, exception));
    }
}
