using System.CommandLine;
using RealtimeGateway.Server.Connect;

namespace RealtimeGateway.Server.Client;

/// <summary>The commands to a running gateway.</summary>
internal static class ClientCommands
{
    /// <summary>Makes the commands.</summary>
    public static IEnumerable<Command> Create()
    {
        var options = new ClientOptions();
        return [Apis(options), Routes(options), Connections(options), new ConnectCommand().Create(), Export(options), .. NodeCommands.Create(options)];
    }

    private static Command Apis(ClientOptions options)
    {
        var json = Json();
        var command = options.AddTo(new TaughtCommand("apis", "Lists the APIs of a running gateway with their stages and addresses.", """
            RealtimeGateway.Server apis
            RealtimeGateway.Server apis --admin-url https://gateway.internal:8081 --token "$TOKEN" --json
            """) { json });
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, (caller, print) => ApiReport.PrintApisAsync(caller, print, cancellationToken), parsed.GetValue(json)));
        return command;
    }

    private static Command Routes(ClientOptions options)
    {
        var json = Json();
        var api = new Argument<string?>("API") { Description = "The id of an API. Default: all.", Arity = ArgumentArity.ZeroOrOne };
        var command = options.AddTo(new TaughtCommand("routes", "Lists the routes of a running gateway and what they call.", """
            RealtimeGateway.Server routes
            RealtimeGateway.Server routes chat --json
            """) { api, json });
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(options, parsed, (caller, print) => ApiReport.PrintRoutesAsync(caller, parsed.GetValue(api), print, cancellationToken), parsed.GetValue(json)));
        return command;
    }

    private static TaughtCommand Connections(ClientOptions options) =>
        new TaughtCommand("connections", "Lists, describes, messages and closes the open connections of a running gateway.", """
            RealtimeGateway.Server connections list --api chat --stage prod
            RealtimeGateway.Server connections get 'L0SM9cOFvHcCIhwAAA=='
            RealtimeGateway.Server connections post 'L0SM9cOFvHcCIhwAAA==' '{"hello":"world"}'
            RealtimeGateway.Server connections close 'L0SM9cOFvHcCIhwAAA=='
            """)
        {
            ListCommand(options), GetCommand(options), PostCommand(options), CloseCommand(options),
        };

    private static Command ListCommand(ClientOptions options)
    {
        var api = new Option<string?>("--api") { Description = "Only connections of this API.", HelpName = "API" };
        var stage = new Option<string?>("--stage") { Description = "Only connections of this stage.", HelpName = "STAGE" };
        var node = new Option<string?>("--node")
        {
            Description = "Only connections of this node: its name, its incarnation, or 'self' for the one that answers. Default: all of the fleet.",
            HelpName = "NODE",
        };
        var limit = new Option<int>("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 100, HelpName = "N" };
        limit.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<int>() < 1)
            {
                result.AddError("--limit: write 1 or more");
            }
        });
        var after = new Option<string?>("--after") { Description = "Start behind this id: the last one of an earlier list.", HelpName = "ID" };
        var json = Json();
        var command = options.AddTo(new TaughtCommand("list", "Lists the open connections of the fleet, in the order of their ids.", """
            RealtimeGateway.Server connections list
            RealtimeGateway.Server connections list --node self
            RealtimeGateway.Server connections list --api chat --limit 1000 --json | jq -r .connectionId
            """) { api, stage, node, limit, after, json });
        command.SetAction((parsed, cancellationToken) => RunAsync(
            options,
            parsed,
            (caller, print) => ConnectionReport.PrintAsync(
                caller, new(parsed.GetValue(api), parsed.GetValue(stage), parsed.GetValue(node), parsed.GetValue(limit), parsed.GetValue(after)), print, cancellationToken),
            parsed.GetValue(json)));
        return command;
    }

    private static Command GetCommand(ClientOptions options)
    {
        var target = new ConnectionTarget();
        var command = target.AddTo(options.AddTo(new TaughtCommand("get", "Describes a connection: who it is, since when, and when it was last active.", """
            RealtimeGateway.Server connections get 'L0SM9cOFvHcCIhwAAA=='
            """)));
        command.SetAction((parsed, cancellationToken) => RunAsync(
            options, parsed, async (caller, _) => ClientOutput.Raw(await target.CallAsync(caller, parsed, HttpMethod.Get, null, false, cancellationToken))));
        return command;
    }

    private static Command PostCommand(ClientOptions options)
    {
        var target = new ConnectionTarget();
        var text = new Argument<string?>("TEXT") { Description = "The message. Default: all of the standard input.", Arity = ArgumentArity.ZeroOrOne };
        var file = new Option<FileInfo?>("--file", "-f") { Description = "Send the content of a file.", HelpName = "PATH" };
        var binary = new Option<bool>("--binary") { Description = "Send a binary message; the stage must allow them." };
        var command = target.AddTo(options.AddTo(new TaughtCommand("post", "Sends a message to a connection.", """
            RealtimeGateway.Server connections post 'L0SM9cOFvHcCIhwAAA==' '{"hello":"world"}'
            date | RealtimeGateway.Server connections post 'L0SM9cOFvHcCIhwAAA=='
            RealtimeGateway.Server connections post 'L0SM9cOFvHcCIhwAAA==' --file picture.png --binary
            """) { file, binary }));
        command.Arguments.Add(text);
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, async (caller, _) =>
        {
            var body = await MessageBody.ReadAsync(parsed.GetValue(text), parsed.GetValue(file), cancellationToken);
            await target.CallAsync(caller, parsed, HttpMethod.Post, body, parsed.GetValue(binary), cancellationToken);
        }));
        return command;
    }

    private static Command CloseCommand(ClientOptions options)
    {
        var target = new ConnectionTarget();
        var command = target.AddTo(options.AddTo(new TaughtCommand("close", "Closes a connection; its client sees 1000.", """
            RealtimeGateway.Server connections close 'L0SM9cOFvHcCIhwAAA=='
            """)));
        command.SetAction((parsed, cancellationToken) =>
            RunAsync(options, parsed, (caller, _) => target.CallAsync(caller, parsed, HttpMethod.Delete, null, false, cancellationToken)));
        return command;
    }

    private static Command Export(ClientOptions options)
    {
        var file = new Argument<string?>("FILE") { Description = "Export this configuration file, put in order, instead of a running gateway's.", Arity = ArgumentArity.ZeroOrOne };
        var secrets = new Option<bool>("--with-secrets")
        {
            Description = "Write keys and secrets themselves. Without it references to the environment stand for them, such as ${env:APIS_CHAT_INTEGRATIONS_BACKEND_SECRET}.",
        };
        var command = options.AddTo(new TaughtCommand("export", "Writes the running configuration as a configuration file: loading it elsewhere gives the same APIs.", """
            RealtimeGateway.Server export > gateway.yaml
            RealtimeGateway.Server export gateway.yaml
            """) { file, secrets });
        command.SetAction((parsed, cancellationToken) => RunAsync(options, parsed, async (caller, _) =>
            ClientOutput.Raw(parsed.GetValue(file) is { } path
                ? FileExport.Write(path, parsed.GetValue(secrets))
                : await caller.ExportAsync(parsed.GetValue(secrets), cancellationToken))));
        return command;
    }

    /// <summary>Whether JSON is wanted.</summary>
    public static Option<bool> Json() => new("--json") { Description = "Print JSON, one object a line, for other programs." };

    /// <summary>Runs a command to a gateway; a refusal is told to the user. Returns the exit code.</summary>
    public static async Task<int> RunAsync(ClientOptions options, ParseResult parsed, Func<GatewayCaller, ClientOutput, Task> run, bool asJson = false)
    {
        using var caller = options.Caller(parsed);
        try
        {
            await run(caller, new ClientOutput(asJson));
            return 0;
        }
        catch (CallFailedException failure)
        {
            await Console.Error.WriteLineAsync(failure.Message);
            return 1;
        }
    }
}
