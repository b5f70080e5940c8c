using System.CommandLine;
using System.Diagnostics.CodeAnalysis;

namespace RealtimeGateway.Server.Client;

/// <summary>The options that all commands to a running gateway share.</summary>
internal sealed class ClientOptions
{
    private readonly Option<Uri> _admin = UrlOption("--admin-url", "http://127.0.0.1:8081", "The admin listener.");
    private readonly Option<Uri> _data = UrlOption("--url", "http://127.0.0.1:8080", "The data listener.");
    private readonly Option<string?> _token = new("--token")
    {
        Description = "A bearer token. Default: GATEWAY_TOKEN, else the access key in AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY.",
        HelpName = "TOKEN",
    };

    private readonly Option<bool> _insecure = new("--insecure", "-k") { Description = "Take any certificate of the gateway." };

    /// <summary>Adds the options to a command.</summary>
    public Command AddTo(Command command)
    {
        command.Options.Add(_admin);
        command.Options.Add(_data);
        command.Options.Add(_token);
        command.Options.Add(_insecure);
        return command;
    }

    /// <summary>The data listener.</summary>
    public Uri DataUrl(ParseResult parsed) => parsed.GetRequiredValue(_data);

    /// <summary>Who calls.</summary>
    public CallerCredentials Credentials(ParseResult parsed) =>
        CallerCredentials.Find(parsed.GetValue(_token), Environment.GetEnvironmentVariable, TimeProvider.System);

    /// <summary>How the gateway is reached.</summary>
    [SuppressMessage("Security", "CA5359", Justification = "Only when the user asks for it, by --insecure.")]
    public SocketsHttpHandler Handler(ParseResult parsed)
    {
        var handler = new SocketsHttpHandler { AllowAutoRedirect = false, UseCookies = false, ConnectTimeout = TimeSpan.FromSeconds(10) };
        if (parsed.GetValue(_insecure))
        {
            handler.SslOptions.RemoteCertificateValidationCallback = static (_, _, _, _) => true;
        }

        return handler;
    }

    /// <summary>Calls the gateway that the options name.</summary>
    public GatewayCaller Caller(ParseResult parsed) => new(parsed.GetRequiredValue(_admin), DataUrl(parsed), Credentials(parsed), Handler(parsed));

    private static Option<Uri> UrlOption(string name, string fallback, string description) => new(name)
    {
        Description = description,
        HelpName = "URL",
        DefaultValueFactory = _ => new Uri(fallback),
        CustomParser = result =>
        {
            var text = result.Tokens.Count == 0 ? "" : result.Tokens[^1].Value;
            if (Uri.TryCreate(text, UriKind.Absolute, out var url) && (url.Scheme == Uri.UriSchemeHttp || url.Scheme == Uri.UriSchemeHttps))
            {
                return url;
            }

            result.AddError($"{name}: '{text}' is no http or https URL; write for example {fallback}");
            return null;
        },
    };
}
