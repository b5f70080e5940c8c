using System.CommandLine;

namespace RealtimeGateway.Server.Client;

/// <summary>The connection that a command is about. Its API and stage are asked of the admin listener unless they are named.</summary>
internal sealed class ConnectionTarget
{
    private readonly Argument<string> _id = new("ID") { Description = "The connection id. One that starts with a hyphen needs '--' before it." };
    private readonly Option<string?> _api = new("--api") { Description = "The API of the connection. Default: asked of the admin listener.", HelpName = "API" };
    private readonly Option<string?> _stage = new("--stage") { Description = "A stage of that API. Default: asked of the admin listener.", HelpName = "STAGE" };

    /// <summary>Adds argument and options to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Arguments.Add(_id);
        command.Options.Add(_api);
        command.Options.Add(_stage);
        command.Validators.Add(result =>
        {
            if (result.GetValue(_api) is null != result.GetValue(_stage) is null)
            {
                result.AddError("--api and --stage go together: give both, or none to have them looked up");
            }
        });
        return command;
    }

    /// <summary>Calls <c>@connections</c> about it.</summary>
    public async Task<string> CallAsync(
        GatewayCaller caller, ParseResult parsed, HttpMethod method, byte[]? body, bool isBinary, CancellationToken cancellationToken)
    {
        var id = parsed.GetRequiredValue(_id);
        if (parsed.GetValue(_api) is { } api && parsed.GetValue(_stage) is { } stage)
        {
            return await caller.ConnectionAsync(method, api, stage, id, body, isBinary, cancellationToken);
        }

        var entry = await caller.FindAsync(id, cancellationToken);
        return await caller.ConnectionAsync(method, entry.ApiId, entry.Stage, id, body, isBinary, cancellationToken);
    }
}
