using System.Runtime.InteropServices;
using RealtimeGateway.Cluster;

namespace RealtimeGateway.Server;

/// <summary>
/// Runs the application until a signal ends it. The first SIGTERM or SIGINT lets the node leave in its own time; a second one ends it at once, whatever is
/// lost by that.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    /// <summary>What a shell reports of a program that a signal has ended: 128 and the number of the signal.</summary>
    private const int SignalExitCode = 128;

    /// <summary>How long the application may take to end after the second signal.</summary>
    private static readonly TimeSpan LastPatience = TimeSpan.FromSeconds(2);

    private readonly WebApplication _app;
    private readonly TimeProvider _time;
    private readonly CancellationTokenSource _abort = new();
    private readonly PosixSignalRegistration[] _registrations;
    private int _count;
    private int _exitCode;

    /// <summary>Listens for signals from now on.</summary>
    public StopSignals(WebApplication app, TimeProvider time)
    {
        _app = app;
        _time = time;
        _registrations = [PosixSignalRegistration.Create(PosixSignal.SIGTERM, OnSignal), PosixSignalRegistration.Create(PosixSignal.SIGINT, OnSignal)];
    }

    /// <summary>Waits for the end. Returns the exit code.</summary>
    public async Task<int> RunAsync()
    {
        var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var registration = _app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
        await stopping.Task;
        try
        {
            await _app.StopAsync(_abort.Token);
        }
        catch (Exception exception) when (_abort.IsCancellationRequested && exception is OperationCanceledException or AggregateException)
        {
            // Not everything ended in an orderly way, as was asked for.
        }

        return Volatile.Read(ref _exitCode);
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        foreach (var registration in _registrations)
        {
            registration.Dispose();
        }

        _abort.Dispose();
    }

    private void OnSignal(PosixSignalContext context)
    {
        // The host hears the first one as well and begins to stop.
        context.Cancel = true;
        if (Interlocked.Increment(ref _count) == 2)
        {
            var code = SignalExitCode + (context.Signal == PosixSignal.SIGINT ? 2 : 15);
            Volatile.Write(ref _exitCode, code);
            _ = ExitAsync(code);
            _app.Services.GetRequiredService<Drain>().Abort();
            _abort.Cancel();
        }
    }

    private async Task ExitAsync(int code)
    {
        await Task.Delay(LastPatience, _time, CancellationToken.None);
        Environment.Exit(code);
    }
}
