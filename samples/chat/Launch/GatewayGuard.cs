using System.Diagnostics;
using System.Runtime.InteropServices;

namespace RealtimeGateway.Samples.Chat.Launch;

/// <summary>
/// This program again, in a second process, which only runs a command and ends it as soon as its own standard input ends. A pipe ends
/// with whoever holds its other side, so the command cannot outlive its starter, not even one that was killed. The command's scratch
/// directory goes with it.
/// </summary>
internal static partial class GatewayGuard
{
    private const string Switch = "--guard";
    private const int SigTerm = 15;
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(10);

    public static bool IsAskedFor(IReadOnlyList<string> args) => args is [Switch, _, _, ..];

    public static ProcessStartInfo StartInfo(string scratchDirectory, IEnumerable<string> command)
    {
        var self = Environment.ProcessPath!;
        var start = new ProcessStartInfo(self) { RedirectStandardInput = true };
        if (Path.GetFileNameWithoutExtension(self).Equals("dotnet", StringComparison.OrdinalIgnoreCase))
        {
            start.ArgumentList.Add(typeof(GatewayGuard).Assembly.Location);
        }

        start.ArgumentList.Add(Switch);
        start.ArgumentList.Add(scratchDirectory);
        foreach (var argument in command)
        {
            start.ArgumentList.Add(argument);
        }

        return start;
    }

    /// <returns>The command's exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> args)
    {
        // Ctrl+C reaches the whole process group: the command ends by itself, and a second signal would cut its drain short.
        var interrupted = false;
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, context => interrupted = context.Cancel = true);

        using var process = Process.Start(new ProcessStartInfo(args[2], args.Skip(3)))!;
        var exited = process.WaitForExitAsync();
        if (await Task.WhenAny(exited, InputEndsAsync()) != exited)
        {
            await EndAsync(process, exited, interrupted);
        }

        await exited;
        Directory.Delete(args[1], recursive: true);
        return process.ExitCode;
    }

    private static async Task InputEndsAsync()
    {
        await using var input = Console.OpenStandardInput();
        var buffer = new byte[64];
        while (await input.ReadAsync(buffer) > 0)
        {
        }
    }

    private static async Task EndAsync(Process process, Task exited, bool interrupted)
    {
        // Windows has no signal for another process.
        if (OperatingSystem.IsWindows())
        {
            process.Kill();
            return;
        }

        if (!interrupted)
        {
            _ = Kill(process.Id, SigTerm);
        }

        if (await Task.WhenAny(exited, Task.Delay(Grace)) != exited)
        {
            process.Kill();
        }
    }

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    private static partial int Kill(int pid, int signal);
}
