using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Configuration.Reading;
using RealtimeGateway.Diagnostics;

namespace RealtimeGateway.Configuration;

/// <summary>
/// Serves what a file says, and takes its changes over while running. A change that is bad is told in the log and changes nothing.
/// </summary>
/// <remarks>
/// The directory is watched rather than the file, since editors replace files and Kubernetes swaps the symbolic link of a whole directory; a slow
/// poll by content covers file systems that tell nothing. A change counts when two reads a moment apart agree, so that half a file is not taken.
/// </remarks>
internal sealed partial class GatewayFileWatcher : BackgroundService
{
    private static readonly TimeSpan PollInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);

    private readonly string _name;
    private readonly string _path;
    private readonly Func<GatewayConfiguration, ImmutableArray<ConfigurationError>> _apply;
    private readonly TimeProvider _time;
    private readonly ILogger<GatewayFileWatcher> _log;
    private readonly Func<string, string?>? _environment;
    private volatile GatewayFileState _state = GatewayFileState.Initial;
    private string? _seen;

    /// <summary>Watches a file.</summary>
    /// <param name="file">The path, which also names the file in messages.</param>
    /// <param name="apply">Serves a configuration, or says everything that is wrong with it and leaves all as it was.</param>
    /// <param name="time">For the poll, and for the times in <see cref="State"/>.</param>
    /// <param name="log">Hears of every change that is taken or refused.</param>
    /// <param name="environment">Looks a variable up. Default: the process's environment.</param>
    public GatewayFileWatcher(
        string file,
        Func<GatewayConfiguration, ImmutableArray<ConfigurationError>> apply,
        TimeProvider time,
        ILogger<GatewayFileWatcher> log,
        Func<string, string?>? environment = null)
    {
        _name = file;
        _path = Path.GetFullPath(file);
        _apply = apply;
        _time = time;
        _log = log;
        _environment = environment;
    }

    /// <summary>How it stands now; health shows it.</summary>
    public GatewayFileState State => _state;

    /// <summary>Reads the file now and serves what it says. To be called once, before the watch starts.</summary>
    /// <returns>Everything that is wrong; empty when it is served.</returns>
    public ImmutableArray<FileError> Load() => Take(FileContent.Read(_path));

    /// <summary>Starts the watch, with a first <see cref="Load"/> unless there was one.</summary>
    /// <exception cref="InvalidOperationException">The file is wrong, and nothing has been served before; the message says everything that is wrong.</exception>
    public override Task StartAsync(CancellationToken cancellationToken)
    {
        if (_seen is null && Load() is { IsEmpty: false } errors)
        {
            throw new InvalidOperationException($"The gateway's configuration file is wrong:{Environment.NewLine}{string.Join(Environment.NewLine, errors)}");
        }

        return base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var signals = Channel.CreateBounded<bool>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite });
        await using var poll = _time.CreateTimer(_ => signals.Writer.TryWrite(true), null, PollInterval, PollInterval).ConfigureAwait(false);
        using var watch = Watch(() => signals.Writer.TryWrite(true));
        await foreach (var _ in signals.Reader.ReadAllAsync(stoppingToken).ConfigureAwait(false))
        {
            await TakeChangeAsync(stoppingToken).ConfigureAwait(false);
        }
    }

    private async Task TakeChangeAsync(CancellationToken cancellationToken)
    {
        // First a pause, so that a directory in which much happens costs a few reads a second at most.
        var before = default(FileContent);
        while (true)
        {
            await Task.Delay(Settle, _time, cancellationToken).ConfigureAwait(false);
            var now = FileContent.Read(_path);
            if (now.Revision == _seen)
            {
                return;
            }

            if (now.Revision == before?.Revision)
            {
                Take(now);
                return;
            }

            before = now;
        }
    }

    private ImmutableArray<FileError> Take(FileContent content)
    {
        _seen = content.Revision;
        var served = GatewayConfiguration.Empty;
        var errors = content.Problem is { } problem ? [new FileError(_name, 1, 1, problem)] : Apply(content, out served);
        var now = _time.GetUtcNow();
        if (errors.IsEmpty)
        {
            _state = new() { Configuration = served, Revision = content.Revision, TakenAt = now, Taken = _state.Taken + 1, Refused = _state.Refused };
            Log.Taken(_log, _name, content.Revision);
            return [];
        }

        _state = _state with { Refused = _state.Refused + 1, Errors = errors, RefusedAt = now };
        if (_state.Revision is { } revision)
        {
            // The first load is told by its caller, which then stops.
            Log.Refused(_log, _name, errors.Length, revision, string.Join('\n', errors));
        }

        return errors;
    }

    private ImmutableArray<FileError> Apply(FileContent content, out GatewayConfiguration served)
    {
        var result = GatewayFile.Parse(content.Bytes, _name, _environment);
        served = result.Configuration ?? GatewayConfiguration.Empty;
        try
        {
            return result.Configuration is { } configuration ? result.Locate(_apply(configuration)) : result.Errors;
        }
        catch (Exception exception) when (_state.Revision is not null)
        {
            // A bug that a new configuration wakes must not end the service of the old one.
            Log.Failed(_log, _name, exception);
            return [new FileError(_name, 1, 1, $"taking the file over failed: {Printable.Escape(exception.Message)}")];
        }
    }

    private FileSystemWatcher? Watch(Action changed)
    {
        try
        {
            var watch = new FileSystemWatcher(Path.GetDirectoryName(_path)!)
            {
                NotifyFilter = NotifyFilters.FileName | NotifyFilters.DirectoryName | NotifyFilters.LastWrite | NotifyFilters.Size,
            };
            watch.Changed += (_, _) => changed();
            watch.Created += (_, _) => changed();
            watch.Deleted += (_, _) => changed();
            watch.Renamed += (_, _) => changed();
            watch.Error += (_, _) => changed();
            watch.EnableRaisingEvents = true;
            return watch;
        }
        catch (Exception exception) when (exception is IOException or ArgumentException or UnauthorizedAccessException or PlatformNotSupportedException)
        {
            Log.PollingOnly(_log, _name, PollInterval.TotalSeconds, exception.Message);
            return null;
        }
    }

    private static partial class Log
    {
        [LoggerMessage(EventIds.FileTaken, LogLevel.Information, "{File} has taken over, revision {Revision}.")]
        public static partial void Taken(ILogger logger, string file, string revision);

        [LoggerMessage(EventIds.FileRefused, LogLevel.Error, "{File} was changed, but has mistakes ({Count}); revision {Revision} stays.\n{Errors}")]
        public static partial void Refused(ILogger logger, string file, int count, string revision, string errors);

        [LoggerMessage(EventIds.FileFailed, LogLevel.Error, "{File} was changed, but taking it over failed.")]
        public static partial void Failed(ILogger logger, string file, Exception exception);

        [LoggerMessage(EventIds.FilePollingOnly, LogLevel.Warning, "The directory of {File} cannot be watched; the file is read every {Seconds} s instead. {Reason}")]
        public static partial void PollingOnly(ILogger logger, string file, double seconds, string reason);
    }
}
