using System.Collections.Immutable;
using System.Net.Sockets;
using System.Reflection;
using Microsoft.Extensions.Options;
using RealtimeGateway.Apis;
using RealtimeGateway.Authorization;
using RealtimeGateway.Configuration;
using RealtimeGateway.ControlPlane;
using RealtimeGateway.Hosting;
using RealtimeGateway.Redis;
using RealtimeGateway.Server.Listeners;
using RealtimeGateway.Server.Operations;
using Spectre.Console;

namespace RealtimeGateway.Server;

/// <summary>What the program's commands do. Each returns the exit code.</summary>
internal static class GatewayProgram
{
    /// <summary>Wide enough that nothing is wrapped where no terminal sets the width: the lines are for other programs then.</summary>
    private const int PlainWidth = 4096;

    /// <summary>Serves until the process is told to stop.</summary>
    public static async Task<int> ServeAsync(ServerArguments arguments, CancellationToken cancellationToken)
    {
        var builder = ServerSetup.CreateBuilder(arguments);
        var problems = new List<string>();
        if (ServerSettings.Read(builder.Configuration, problems) is not { } settings)
        {
            return Fail(problems);
        }

        var listeners = new GatewayListeners(settings);
        listeners.AddTo(builder);
        builder.Services.AddSingleton(settings.TrustedProxies);
        builder.Services.AddSingleton(settings);
        builder.Services.AddSingleton<FleetReport>();
        builder.AddRealtimeGateway(options =>
        {
            options.DataDirectory = settings.DataDirectory;
            options.NodeName = settings.NodeName ?? options.NodeName;
            options.DrainDelay = settings.DrainDelay;
            options.DrainTime = settings.DrainTime;
            options.StopTimeout = ServerSettings.StopTimeout;
        });
        builder.AddMetricsExport(settings);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = settings.ShutdownTimeout);
        builder.AddRealtimeGatewayControlPlane(options =>
        {
            options.DataDirectory = settings.DataDirectory;
            options.PublicUrl = () => settings.PublicUrl ?? $"{listeners.DataUrlForClients}/{{apiId}}";
            options.ConfigurationName = settings.File is { } name ? $"the configuration file {name}" : options.ConfigurationName;
        });
        if (settings.Redis is { } redis)
        {
            builder.AddRealtimeGatewayRedis(redis, options => options.KeyPrefix = settings.RedisKeyPrefix);
        }

        if (settings.File is { } path)
        {
            builder.AddRealtimeGatewayFile(path);
        }

        await using var app = builder.Build();

        try
        {
            _ = app.Services.GetRequiredService<IOptions<GatewayAccessOptions>>().Value;
        }
        catch (OptionsValidationException exception)
        {
            return Fail(exception.Failures);
        }

        var file = app.Services.GetService<GatewayFileWatcher>();
        if (file?.Load() is { IsEmpty: false } errors)
        {
            return Fail(errors);
        }

        app.MapGroup("").WithMetadata(ListenerSide.Data).MapRealtimeGateway();
        app.MapAdmin(file);
        using var signals = new StopSignals(app, TimeProvider.System);
        try
        {
            await app.StartAsync(cancellationToken);
        }
        catch (Exception exception) when (exception is IOException or SocketException or InvalidOperationException or InvalidDataException)
        {
            // A port that is taken, a certificate that is missing: the operator can mend that, and a stack trace would hide how.
            return Fail([$"the gateway cannot start: {exception.Message}"]);
        }

        new StartReport(Console(), settings, listeners).Print(Version, file?.State);
        return await signals.RunAsync();
    }

    /// <summary>Checks a file: its form, and its sense.</summary>
    public static int Check(string file)
    {
        var content = FileContent.Read(Path.GetFullPath(file));
        ImmutableArray<FileError> errors;
        if (content.Problem is { } problem)
        {
            errors = [new FileError(file, 1, 1, problem)];
        }
        else
        {
            var result = GatewayFile.Parse(content.Bytes, file);
            errors = result.Configuration is { } configuration ? result.Locate(CheckSense(configuration)) : result.Errors;
        }

        foreach (var error in errors)
        {
            System.Console.Out.WriteLine(error);
        }

        if (errors.IsEmpty)
        {
            System.Console.Out.WriteLine($"{file}: no mistakes");
        }

        return errors.IsEmpty ? 0 : 1;
    }

    /// <summary>Prints the JSON Schema of the configuration file.</summary>
    public static int Schema()
    {
        System.Console.Out.Write(GatewayFileSchema.Text());
        return 0;
    }

    private static string Version =>
        typeof(GatewayProgram).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "";

    private static ImmutableArray<ConfigurationError> CheckSense(GatewayConfiguration configuration)
    {
        var builder = ServerSetup.CreateBuilder(new ServerArguments());
        builder.Logging.ClearProviders();
        builder.AddRealtimeGateway();
        using var app = builder.Build();
        return app.Services.GetRequiredService<Gateway>().Check(configuration);
    }

    private static IAnsiConsole Console()
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings());
        if (System.Console.IsOutputRedirected)
        {
            console.Profile.Width = PlainWidth;
        }

        return console;
    }

    private static int Fail<T>(IEnumerable<T> problems)
    {
        foreach (var problem in problems)
        {
            System.Console.Error.WriteLine(problem);
        }

        return 1;
    }
}
