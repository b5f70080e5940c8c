using System.CommandLine;
using System.Runtime.InteropServices;
using RealtimeGateway.Load;
using RealtimeGateway.Load.Cli;

if (!OperatingSystem.IsLinux())
{
    Console.Error.WriteLine("This program reads /proc and drives epoll: it runs on Linux only.");
    return ExitCode.Refused;
}

using var interrupt = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    // The first Ctrl+C asks for the partial result; a second one ends the program.
    pressed.Cancel = !interrupt.IsCancellationRequested;
    interrupt.Cancel();
};

// Asked to end, the suite must end the servers that it started.
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
{
    context.Cancel = true;
    interrupt.Cancel();
});

try
{
    return LoadCommand.Create(interrupt.Token).Parse(args).Invoke(new InvocationConfiguration { EnableDefaultExceptionHandler = false });
}
catch (RefusedException refused)
{
    Console.Error.WriteLine(refused.Message);
    return ExitCode.Refused;
}
