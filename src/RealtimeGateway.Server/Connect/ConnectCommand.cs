using System.CommandLine;
using System.Threading.Channels;
using RealtimeGateway.Server.Client;
using Spectre.Console;

namespace RealtimeGateway.Server.Connect;

/// <summary><c>connect URL</c>: a WebSocket client for people, and with <c>--json</c> for scripts.</summary>
internal sealed class ConnectCommand
{
    private readonly ClientOptions _options = new();
    private readonly Argument<string> _url = new("URL") { Description = "ws://…, wss://…, or API/STAGE of the gateway that --url names." };
    private readonly Option<string[]> _headers = new("--header", "-H") { Description = "Send a header with the handshake. Any number.", HelpName = "NAME: VALUE" };
    private readonly Option<string[]> _subprotocols = new("--subprotocol", "-s") { Description = "Offer a subprotocol. Any number.", HelpName = "NAME" };
    private readonly Option<bool> _json = new("--json") { Description = "Read lines from the standard input, print JSON lines. The default when input or output is no terminal." };
    private readonly Option<bool> _sign = new("--sign") { Description = "Sign the handshake with the access key in AWS_*, for routes with AWS_IAM." };
    private readonly Option<int> _count = new("--count", "-n") { Description = "Close after so many messages.", HelpName = "N" };
    private readonly Option<double> _wait = new("--wait", "-w") { Description = "With --json: seconds to wait for answers after the end of the input.", DefaultValueFactory = _ => 1, HelpName = "SECONDS" };
    private readonly Option<bool> _noHistory = new("--no-history") { Description = "Neither read nor keep what is typed." };

    /// <summary>Makes the command.</summary>
    public Command Create()
    {
        var command = new TaughtCommand(
            "connect",
            "Connects to a WebSocket and shows what comes; what is typed is sent. /help inside lists what else can be typed.\n"
            + "Exit code 0: closed with 1000, or by you; 1: not reached; 2: refused; 3: closed otherwise.",
            """
            RealtimeGateway.Server connect chat/prod
            RealtimeGateway.Server connect wss://chat.example.com/prod -H 'Authorization: Bearer abc' -s chat.v2
            echo '{"action":"ping"}' | RealtimeGateway.Server connect ws://localhost:8080/chat/prod --count 1 | jq -r 'select(.type=="text").data'
            RealtimeGateway.Server connect chat/prod --json < messages.jsonl > answers.jsonl
            """) { _url, _headers, _subprotocols, _json, _sign, _count, _wait, _noHistory };
        _headers.Validators.Add(result =>
        {
            if (result.Tokens.FirstOrDefault(token => token.Value.IndexOf(':', StringComparison.Ordinal) < 1) is { } bad)
            {
                result.AddError($"--header: write 'Name: value', not '{bad.Value}'");
            }
        });
        _wait.Validators.Add(result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double>() is not (>= 0 and <= 86_400))
            {
                result.AddError("--wait: write 0 to 86400 seconds");
            }
        });
        _options.AddTo(command).SetAction(RunAsync);
        return command;
    }

    private async Task<int> RunAsync(ParseResult parsed, CancellationToken cancellationToken)
    {
        if (Target(parsed) is not { } url)
        {
            await Console.Error.WriteLineAsync($"'{parsed.GetValue(_url)}' is neither a ws or wss URL nor API/STAGE");
            return ConnectExit.Failed;
        }

        var credentials = _options.Credentials(parsed);
        if (parsed.GetValue(_sign) && !credentials.HasKey)
        {
            await Console.Error.WriteLineAsync("--sign: there is no access key; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY");
            return ConnectExit.Failed;
        }

        var isForScripts = parsed.GetValue(_json) || Console.IsInputRedirected || Console.IsOutputRedirected;
        var terminal = isForScripts ? null : new Terminal(AnsiConsole.Console, TimeProvider.System);
        IFrameOutput output = terminal is null ? new JsonLines(Console.Out, TimeProvider.System) : terminal;
        var handshake = new ClientHandshake(
            url, parsed.GetValue(_headers) ?? [], parsed.GetValue(_subprotocols) ?? [], parsed.GetValue(_sign) ? credentials : null);
        using var http = new HttpMessageInvoker(_options.Handler(parsed));
        try
        {
            var result = await handshake.OpenAsync(http, cancellationToken);
            if (result.Socket is not { } socket)
            {
                output.Refused(result.Refusal!);
                return ConnectExit.Refused;
            }

            await using (socket)
            {
                output.Opened(url, socket.Subprotocol);
                var limits = new ConnectLimits(parsed.GetValue(_count), TimeSpan.FromSeconds(terminal is null ? parsed.GetValue(_wait) : 0));
                return await ConverseAsync(socket, output, terminal, limits, parsed.GetValue(_noHistory), cancellationToken);
            }
        }
        catch (Exception exception) when (exception is HttpRequestException or SocketFaultException)
        {
            output.Complain(exception.Message);
            return ConnectExit.Failed;
        }
    }

    private static async Task<int> ConverseAsync(
        ClientSocket socket, IFrameOutput output, Terminal? terminal, ConnectLimits limits, bool withoutHistory, CancellationToken cancellationToken)
    {
        var lines = Channel.CreateBounded<string>(new BoundedChannelOptions(16) { SingleReader = true, SingleWriter = true });
        var history = new LineHistory(terminal is null || withoutHistory ? null : LineHistory.DefaultPath);
        Action read = terminal is null ? () => ReadLines(lines.Writer) : () => ReadKeys(terminal, history, lines.Writer);

        // A thread of its own: reading keys cannot be cancelled, and must not keep the program from ending.
        new Thread(() => read()) { IsBackground = true, Name = "input" }.Start();
        try
        {
            return await new ConnectSession(socket, output, lines.Reader, limits, TimeProvider.System).RunAsync(cancellationToken);
        }
        finally
        {
            terminal?.Show(null);
            history.Save();
        }
    }

    private static void ReadLines(ChannelWriter<string> lines)
    {
        while (Console.In.ReadLine() is { } line)
        {
            Write(lines, line);
        }

        lines.TryComplete();
    }

    private static void ReadKeys(Terminal terminal, LineHistory history, ChannelWriter<string> lines)
    {
        Console.TreatControlCAsInput = true;
        var editor = new LineEditor(terminal, history, static () => Console.ReadKey(intercept: true), static () => Console.KeyAvailable);
        while (editor.Read() is { } line)
        {
            Write(lines, line);
        }

        lines.TryComplete();
    }

    private static void Write(ChannelWriter<string> lines, string line)
    {
        // This thread has nothing else to do than to wait.
        if (!lines.TryWrite(line))
        {
            lines.WriteAsync(line).AsTask().GetAwaiter().GetResult();
        }
    }

    private Uri? Target(ParseResult parsed)
    {
        var text = parsed.GetRequiredValue(_url);
        var data = _options.DataUrl(parsed);
        if (!text.Contains("://", StringComparison.Ordinal))
        {
            text = new Uri(data, $"/{text.TrimStart('/')}").AbsoluteUri;
        }

        if (!Uri.TryCreate(text, UriKind.Absolute, out var url))
        {
            return null;
        }

        return url.Scheme switch
        {
            "ws" or "wss" => url,
            "http" => new UriBuilder(url) { Scheme = "ws", Port = url.Port }.Uri,
            "https" => new UriBuilder(url) { Scheme = "wss", Port = url.Port }.Uri,
            _ => null,
        };
    }
}
