using System.CommandLine;
using RealtimeGateway.Server.Client;

namespace RealtimeGateway.Server;

/// <summary>What can be said on the command line.</summary>
internal static class CommandLine
{
    /// <summary>The program's own handling of signals stays off: the host shuts down gracefully and has no fixed time for it.</summary>
    public static InvocationConfiguration Invocation { get; } = new() { ProcessTerminationTimeout = null };

    /// <summary>Makes the commands.</summary>
    /// <param name="serve">Runs the gateway; returns the exit code.</param>
    /// <param name="check">Checks a configuration file; returns the exit code.</param>
    /// <param name="schema">Prints the JSON Schema of the configuration file; returns the exit code.</param>
    public static RootCommand Create(
        Func<ServerArguments, CancellationToken, Task<int>> serve, Func<string, int> check, Func<int> schema)
    {
        var file = new Argument<string?>("FILE")
        {
            Description = $"The configuration file. Default: ./{ServerSettings.DefaultFile}, if there is one.",
            Arity = ArgumentArity.ZeroOrOne,
        };
        RefuseOptions(file);
        var dataUrl = Setting("--data-url", "URL", "Where clients connect. Port 0: any free port. [default: http://127.0.0.1:8080]");
        var adminUrl = Setting("--admin-url", "URL", "Where operators connect: health. [default: http://127.0.0.1:8081]");
        var dataDirectory = Setting("--data-dir", "DIR", "Where the gateway keeps what must outlive it. [default: ./data]");
        var drainTime = Setting("--drain-time", "SECONDS", "The time over which clients are closed when the gateway is told to stop; 0: all at once. [default: 60]");
        var redis = Setting(
            "--redis", "CONNECTION", "The Redis or Valkey in which the nodes of a fleet meet, for example localhost:6379. [default: one node alone]");
        var root = new RootCommand(
            "A self-hosted, WebSocket-first messaging gateway that speaks Amazon API Gateway's wire.\n"
            + "Settings come from the command line, else the environment (Gateway__DataUrl), else appsettings.json (Gateway:DataUrl).")
        {
            file, dataUrl, adminUrl, dataDirectory, drainTime, redis, CheckCommand(check), SchemaCommand(schema),
        };
        foreach (var command in ClientCommands.Create())
        {
            root.Subcommands.Add(command);
        }

        TaughtCommand.AddExamplesTo(root);

        root.SetAction((parsed, cancellationToken) => serve(
            new(
                parsed.GetValue(file), parsed.GetValue(dataUrl), parsed.GetValue(adminUrl), parsed.GetValue(dataDirectory), parsed.GetValue(drainTime),
                parsed.GetValue(redis)),
            cancellationToken));
        return root;
    }

    private static Command CheckCommand(Func<string, int> check)
    {
        var file = new Argument<string>("FILE") { Description = "The configuration file." };
        RefuseOptions(file);
        var command = new Command("check", "Checks a configuration file: prints every mistake with its place. Exit code 0: none; 1: some.") { file };
        command.SetAction(parsed => check(parsed.GetRequiredValue(file)));
        return command;
    }

    private static Command SchemaCommand(Func<int> schema)
    {
        var command = new Command("schema", "Prints the JSON Schema of the configuration file, for editors.");
        command.SetAction(_ => schema());
        return command;
    }

    // Else a mistyped option would be taken for the name of the file.
    private static void RefuseOptions(Argument file) => file.Validators.Add(result =>
    {
        if (result.Tokens is [{ Value: ['-', ..] option }, ..])
        {
            result.AddError($"There is no option '{option}'; see --help. A file with such a name is written ./{option}.");
        }
    });

    private static Option<string?> Setting(string name, string helpName, string description) => new(name) { Description = description, HelpName = helpName };
}
