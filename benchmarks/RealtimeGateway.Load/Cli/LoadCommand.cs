using System.CommandLine;
using RealtimeGateway.Load.Signing;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Cli;

/// <summary>The command line: one command for each scenario.</summary>
internal static class LoadCommand
{
    public static RootCommand Create(CancellationToken stop) =>
        new("Loads a WebSocket server and measures what it costs it. One thread: when the client's row says nearly 1 core, the client is the limit.")
        {
            Echo(stop),
            Push(stop),
            Idle(stop),
            FanOut(stop),
            SuiteCommand.Create(stop),
        };

    private static Command Echo(CancellationToken stop)
    {
        var common = new CommonOptions();
        var template = Template("""{"action":"echo","data":"{stamp}{pad}"}""");
        var (size, rate, expect) = (Size(), Rate(), Expect());
        var command = new Command("echo", "Sends messages that come back. Closed loop, or with --rate open loop.") { template, size, rate, expect };
        common.AddTo(command, hasTraffic: true);
        command.SetAction(parsed => new LoadRun(common.Read(parsed, hasTraffic: true), stop).Echo(new TrafficOptions(
            new MessageTemplate(parsed.GetValue(template)!, parsed.GetValue(size)), parsed.GetValue(expect), ReadRate(parsed.GetValue(rate)))));
        return command;
    }

    private static Command Push(CancellationToken stop)
    {
        var common = new CommonOptions();
        var template = Template("""{"event":"push","data":"{stamp}{pad}"}""");
        var (size, rate) = (Size(), Rate());
        var callback = new Option<string>("--callback") { Description = "POSTs go to {callback}/@connections/{id}.", Required = true };
        var inFlight = new Option<int>("--in-flight", "-k") { Description = "POSTs in flight, each on its own HTTP connection.", DefaultValueFactory = static _ => 16 };
        var hello = new Option<string>("--hello") { Description = "Message whose answer tells the connection's id; empty when the server tells it unasked.", DefaultValueFactory = static _ => """{"action":"hello"}""" };
        var member = IdMember();
        var headers = new Option<string[]>("--callback-header") { Description = "\"Name: value\" for each POST; may be repeated.", DefaultValueFactory = static _ => [] };
        var sign = new Option<string?>("--sign") { Description = "Sign each POST with Signature Version 4: KEY_ID:SECRET:REGION." };
        var command = new Command("push", "POSTs to connections and measures the POST and the receipt.") { callback, inFlight, hello, member, headers, sign, template, size, rate };
        common.AddTo(command, hasTraffic: true);
        command.SetAction(parsed =>
        {
            var push = new PushOptions(
                HttpUrl(parsed.GetRequiredValue(callback)), CommonOptions.Positive(parsed.GetValue(inFlight), inFlight.Name), parsed.GetValue(hello)!, parsed.GetValue(member)!, parsed.GetValue(headers) ?? [],
                parsed.GetValue(sign) is { } keys ? SigningKey.Parse(keys) : null);
            var traffic = new TrafficOptions(new MessageTemplate(parsed.GetValue(template)!, parsed.GetValue(size)), null, ReadRate(parsed.GetValue(rate)));
            return new LoadRun(common.Read(parsed, hasTraffic: true), stop).Push(traffic, push);
        });
        return command;
    }

    private static Command Idle(CancellationToken stop)
    {
        var common = new CommonOptions();
        var settle = new Option<double>("--settle") { Description = "Seconds of rest before each look at the server.", DefaultValueFactory = static _ => 2 };
        var prime = new Option<int>("--prime") { Description = "Connections opened and closed before the first look.", DefaultValueFactory = static _ => 200 };
        var kill = new Option<bool>("--kill") { Description = "Reset all at the end (RST) and see whether the server lets go." };
        var collect = new Option<bool>("--gc") { Description = "A .NET server: have it collect all garbage before each look, by the diagnostic port that its runtime opens." };
        var waves = new Option<int>("--waves") { Description = "Open and end them this often; growth from wave to wave is a leak.", DefaultValueFactory = static _ => 1 };
        var command = new Command("idle", "Opens connections that say nothing and measures what they cost.") { settle, prime, kill, collect, waves };
        common.AddTo(command, hasTraffic: false);
        command.SetAction(parsed => new LoadRun(common.Read(parsed, hasTraffic: false), stop).Idle(new IdleOptions(
            CommonOptions.Seconds(parsed.GetValue(settle), settle.Name), parsed.GetValue(prime), parsed.GetValue(kill), parsed.GetValue(collect),
            CommonOptions.Positive(parsed.GetValue(waves), waves.Name))));
        return command;
    }

    private static Command FanOut(CancellationToken stop)
    {
        var common = new CommonOptions();
        var template = Template("{\"event\":\"push\",\"data\":\"{stamp}{pad}\"}");
        var size = Size();
        var post = new Option<string>("--post") { Description = "One POST there reaches every connection.", Required = true };
        var hello = new Option<string?>("--hello") { Description = "Message whose answer tells the connection's id: each POST then names all of them, as the gateway wants it. Without it the POST is the message alone." };
        var member = IdMember();
        var command = new Command("fanout", "Makes one POST after the other, each of which reaches all connections; each begins when all have received the last.")
        {
            post, hello, member, template, size,
        };
        common.AddTo(command, hasTraffic: true);
        command.SetAction(parsed => new LoadRun(common.Read(parsed, hasTraffic: true), stop).FanOut(
            new TrafficOptions(new MessageTemplate(parsed.GetValue(template)!, parsed.GetValue(size)), null, null),
            HttpUrl(parsed.GetRequiredValue(post)), parsed.GetValue(hello), parsed.GetValue(member)!));
        return command;
    }

    private static Option<string> IdMember() => new("--id-member") { Description = "JSON member of that answer, at any depth.", DefaultValueFactory = static _ => "connectionId" };

    private static Uri HttpUrl(string text) => Uri.TryCreate(text, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https"
        ? uri
        : throw new RefusedException($"'{text}' is not an http:// or https:// URL.");

    private static double? ReadRate(double? rate) => rate is null or > 0 ? rate : throw new RefusedException("--rate must be above 0.");

    private static Option<string> Template(string text) => new("--template")
    {
        Description = "The message; {stamp} becomes its time, {pad} fills up to --size.",
        DefaultValueFactory = _ => text,
    };

    private static Option<int> Size() => new("--size", "-s") { Description = "Payload bytes; 0 for the template as it is.", DefaultValueFactory = static _ => 128 };

    private static Option<double?> Rate() => new("--rate", "-r") { Description = "Messages a second in all, on a fixed schedule; latency counts from when each was due." };

    private static Option<string?> Expect() => new("--expect") { Description = "Text that each answer must contain, else it is an error." };
}
