using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using RealtimeGateway.Apis;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Diagnostics;

/// <summary>The access logs of this node: one writer for each destination, whichever stages name it.</summary>
/// <param name="dataDirectory">Where relative paths begin.</param>
/// <param name="openSink">Makes the sink of a destination: of <see cref="StandardOutput"/> or of a full path.</param>
/// <param name="metrics">Counts lines that are lost.</param>
/// <param name="time">Paces the writers.</param>
/// <param name="log">Takes what goes wrong.</param>
internal sealed class AccessLogs(
    string dataDirectory, Func<string, IAccessLogSink> openSink, GatewayMetrics metrics, TimeProvider time, ILogger<AccessLogs> log)
{
    /// <summary>The destination that is no file.</summary>
    public const string StandardOutput = "stdout";

    /// <summary>How long the last lines may take when the application stops.</summary>
    private static readonly TimeSpan StopTimeout = TimeSpan.FromSeconds(5);

    private readonly string _root = Path.GetFullPath(dataDirectory);
    private readonly ConcurrentDictionary<string, AccessLogWriter> _writers = new(StringComparer.Ordinal);

    /// <summary>The sink of a destination outside tests.</summary>
    public static IAccessLogSink OpenSink(string destination) =>
        destination == StandardOutput ? new StandardOutputSink() : new FileSink(destination);

    /// <summary>Compiles a stage's settings; says everything that is wrong. Nothing is opened or created before the first line.</summary>
    /// <param name="settings">What was written.</param>
    /// <param name="path">Where it was written.</param>
    /// <param name="errors">Takes everything that is wrong.</param>
    /// <returns>Null when something is wrong.</returns>
    public AccessLog? Compile(AccessLogSettings settings, ConfigurationPath path, ICollection<ConfigurationError> errors)
    {
        if (!ContextFormat.TryParse(settings.Format, out var format, out var error))
        {
            errors.Add(new(path["format"], $"{char.ToUpperInvariant(error[0])}{error[1..]}."));
        }

        if (!TryResolve(settings.Destination, out var destination, out var problem))
        {
            errors.Add(new(path["destination"], problem));
        }

        return format is null || destination is null
            ? null
            : new AccessLog(format, _writers.GetOrAdd(destination, name => new AccessLogWriter(name, openSink(name), metrics, time, log)));
    }

    /// <summary>Writes what waits. To be called when no more events happen.</summary>
    public async Task StopAsync(CancellationToken cancellationToken)
    {
        try
        {
            await Task.WhenAll(_writers.Values.Select(static writer => writer.DisposeAsync().AsTask())).WaitAsync(StopTimeout, time, cancellationToken);
        }
        catch (Exception exception) when (exception is TimeoutException or OperationCanceledException)
        {
            // A destination that takes nothing must not keep the process from stopping.
        }
    }

    private bool TryResolve(string text, out string? destination, out string problem)
    {
        destination = null;
        problem = "";
        if (text == StandardOutput)
        {
            destination = text;
        }
        else if (text.StartsWith("arn:", StringComparison.Ordinal))
        {
            problem = $"'{text}' is on AWS; write '{StandardOutput}' or the path of a file.";
        }
        else if (text.Length == 0 || text.Contains('\0') || Path.EndsInDirectorySeparator(text))
        {
            problem = $"'{text.Replace("\0", "\\0", StringComparison.Ordinal)}' names no file; write '{StandardOutput}' or the path of a file, for example logs/access.log.";
        }
        else
        {
            var full = Path.GetFullPath(text, _root);
            var below = Path.GetRelativePath(_root, full);
            if (Path.IsPathRooted(text) || (below is not ("." or "..") && !below.StartsWith($"..{Path.DirectorySeparatorChar}", StringComparison.Ordinal)))
            {
                destination = full;
            }
            else
            {
                problem = $"'{text}' leads out of the data directory; write the whole path if that is meant.";
            }
        }

        return destination is not null;
    }
}
