using System.CommandLine;
using System.Globalization;
using RealtimeGateway.Server.Operations;

namespace RealtimeGateway.Server.Client;

/// <summary>The commands about nodes: who is there, who leaves, who has too many clients, who is well.</summary>
internal static class NodeCommands
{
    private static readonly TimeSpan LookInterval = TimeSpan.FromMilliseconds(500);

    /// <summary>Makes the commands.</summary>
    public static IEnumerable<Command> Create(ClientOptions options) => [Nodes(options), Drain(options), Undrain(options), Rebalance(options), Health(options)];

    private static Command Nodes(ClientOptions options)
    {
        var json = ClientCommands.Json();
        var command = options.AddTo(new TaughtCommand("nodes", "Lists the nodes of the fleet, with their clients.", """
            RealtimeGateway.Server nodes
            RealtimeGateway.Server nodes --json | jq -r 'select(.isDraining).name'
            """) { json });
        command.SetAction((parsed, cancellationToken) => ClientCommands.RunAsync(
            options, parsed, async (caller, print) => Print(await caller.NodesAsync(cancellationToken), print), parsed.GetValue(json)));
        return command;
    }

    private static Command Drain(ClientOptions options)
    {
        var time = Number("--time", "SECONDS", "The time over which clients are closed. Default: the gateway's --drain-time.", allowZero: true);
        var wait = new Option<bool>("--wait") { Description = "Return when the last client is gone." };
        var command = options.AddTo(new TaughtCommand(
            "drain", "Lets a node take no new clients and close those it has, with 1001, spread over a time. The process stays; 'undrain' takes it back.", """
            RealtimeGateway.Server drain
            RealtimeGateway.Server drain --time 30 --wait
            RealtimeGateway.Server drain --admin-url https://node-2.internal:8081 --token "$TOKEN"
            """) { time, wait });
        command.SetAction((parsed, cancellationToken) => ClientCommands.RunAsync(options, parsed, async (caller, print) =>
        {
            await caller.DrainAsync(parsed.GetValue(time), cancellationToken);
            while (parsed.GetValue(wait) && await SelfAsync(caller, cancellationToken) is { Connections: > 0 } self)
            {
                if (!self.IsDraining)
                {
                    throw new CallFailedException("The drain was taken back.");
                }

                await Task.Delay(LookInterval, TimeProvider.System, cancellationToken);
            }
        }));
        return command;
    }

    private static Command Undrain(ClientOptions options)
    {
        var command = options.AddTo(new TaughtCommand("undrain", "Lets a node that drains take clients again.", """
            RealtimeGateway.Server undrain
            """));
        command.SetAction((parsed, cancellationToken) => ClientCommands.RunAsync(options, parsed, (caller, _) => caller.UndrainAsync(cancellationToken)));
        return command;
    }

    private static Command Rebalance(ClientOptions options)
    {
        var to = new Option<string>("--to") { Description = "How many clients to keep: a number, or 'average' of the fleet's nodes.", HelpName = "COUNT", DefaultValueFactory = _ => "average" };
        to.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<string>() is not "average" and var text && !int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out _))
            {
                result.AddError($"--to: '{text}' is neither a number of clients nor 'average'");
            }
        });
        var rate = Number("--rate", "N", "How many clients to close in a second. Default: 20.", allowZero: false);
        var stop = new Option<bool>("--stop") { Description = "Close no more clients." };
        var json = ClientCommands.Json();
        var command = options.AddTo(new TaughtCommand(
            "rebalance", "Closes, with 1001, those clients of a node that are too many, at a paced rate: they come back to other nodes.", """
            RealtimeGateway.Server rebalance
            RealtimeGateway.Server rebalance --to 10000 --rate 100
            RealtimeGateway.Server rebalance --stop
            """) { to, rate, stop, json });
        command.SetAction((parsed, cancellationToken) => ClientCommands.RunAsync(
            options,
            parsed,
            async (caller, print) =>
            {
                if (parsed.GetValue(stop))
                {
                    await caller.StopRebalanceAsync(cancellationToken);
                    return;
                }

                int? keep = parsed.GetRequiredValue(to) is not "average" and var text ? int.Parse(text, CultureInfo.InvariantCulture) : null;
                Print(await caller.RebalanceAsync(keep, parsed.GetValue(rate), cancellationToken), print);
            },
            parsed.GetValue(json)));
        return command;
    }

    private static Command Health(ClientOptions options)
    {
        var ready = new Option<bool>("--ready") { Description = "Ask whether it may be sent clients." };
        var command = options.AddTo(new TaughtCommand("health", "Asks a gateway whether it is well. Exit code 0: yes; 1: no. For containers' health checks.", """
            RealtimeGateway.Server health
            RealtimeGateway.Server health --ready --admin-url http://127.0.0.1:8081
            """) { ready });
        command.SetAction((parsed, cancellationToken) =>
            ClientCommands.RunAsync(options, parsed, (caller, _) => caller.CheckHealthAsync(parsed.GetValue(ready), cancellationToken)));
        return command;
    }

    private static async Task<NodeReport?> SelfAsync(GatewayCaller caller, CancellationToken cancellationToken) =>
        (await caller.NodesAsync(cancellationToken)).Nodes.FirstOrDefault(node => node.IsSelf);

    private static void Print(NodeList list, ClientOutput print)
    {
        print.Rows(
            list.Nodes,
            ("NODE", node => node.Name),
            ("INCARNATION", node => node.Incarnation),
            ("STARTED", node => node.StartedAt),
            ("CLIENTS", node => node.Connections.ToString(CultureInfo.InvariantCulture)),
            ("DRAINS", node => node.IsDraining ? "yes" : "no"),
            ("LEASE", node => node.Lease),
            ("", node => node.IsSelf ? "answers" : ""));
        if (list.Problem is { } problem)
        {
            print.Note(problem);
        }
    }

    private static void Print(RebalanceReport report, ClientOutput print) => print.Rows(
        [report],
        ("CLIENTS", row => row.Connections.ToString(CultureInfo.InvariantCulture)),
        ("TO", row => row.To.ToString(CultureInfo.InvariantCulture)),
        ("SHEDDING", row => row.Shedding.ToString(CultureInfo.InvariantCulture)),
        ("SECONDS", row => row.Seconds.ToString("0.#", CultureInfo.InvariantCulture)));

    private static Option<double?> Number(string name, string helpName, string description, bool allowZero)
    {
        var option = new Option<double?>(name) { Description = description, HelpName = helpName };
        option.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double?>() is < 0 or double.NaN || (!allowZero && result.GetValueOrDefault<double?>() == 0))
            {
                result.AddError($"{name}: write a number {(allowZero ? "of 0 or more" : "above 0")}");
            }
        });
        return option;
    }
}
