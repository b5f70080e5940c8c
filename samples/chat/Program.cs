using System.Net.Http.Headers;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using RealtimeGateway.Samples.Chat;
using RealtimeGateway.Samples.Chat.Launch;

if (GatewayGuard.IsAskedFor(args))
{
    return await GatewayGuard.RunAsync(args);
}

if (ChatOptions.Parse(args, Environment.GetEnvironmentVariable, out var problem) is not { } options)
{
    await Console.Error.WriteLineAsync($"{problem}\n\n{ChatOptions.Usage}");
    return 2;
}

await using var app = BuildApp(options);
try
{
    await app.StartAsync();
    var exitCode = await RunAsync(app, options);
    await app.StopAsync();
    return exitCode;
}
catch (IOException exception)
{
    // A port that is taken, a gateway that was not built.
    await Console.Error.WriteLineAsync(exception.Message);
    return 1;
}

static WebApplication BuildApp(ChatOptions options)
{
    var builder = WebApplication.CreateSlimBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
    // A start that fails is reported once, above.
    builder.Logging.SetMinimumLevel(LogLevel.Warning).AddFilter("Microsoft.Extensions.Hosting", LogLevel.None);
    builder.WebHost.UseUrls(options.Url.GetLeftPart(UriPartial.Authority));
    builder.WebHost.ConfigureKestrel(kestrel => kestrel.Limits.MaxRequestBodySize = 256 * 1024);

    builder.Services.AddSingleton(TimeProvider.System);
    builder.Services.AddSingleton<RoomStore>();
    builder.Services.AddSingleton<Broadcast>();
    builder.Services.AddSingleton<ChatApi>();
    builder.Services.AddSingleton(services => new GatewayCallReader(options.Secret, services.GetRequiredService<TimeProvider>()));
    builder.Services.AddSingleton(new HttpClient(new SocketsHttpHandler { PooledConnectionLifetime = TimeSpan.FromMinutes(5) })
    {
        // On AWS one would build this from the event's domain and stage. Here the domain is whatever Host a client sent: not to be
        // trusted with our pushes.
        BaseAddress = new Uri(options.StageUrl + "/"),
        Timeout = TimeSpan.FromSeconds(5),
        DefaultRequestHeaders = { Authorization = options.Token is null ? null : new AuthenticationHeaderValue("Bearer", options.Token) },
    });
    builder.Services.AddSingleton<ConnectionsClient>();

    var app = builder.Build();
    app.MapChatPage(options);
    app.MapChatBackEnd();
    return app;
}

static async Task<int> RunAsync(WebApplication app, ChatOptions options)
{
    var listening = new Uri(app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.First());
    var ready = $"Chat is ready: open {ChatOptions.Reachable(listening, "localhost").GetLeftPart(UriPartial.Authority)}";
    var stopping = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
    using var stop = app.Lifetime.ApplicationStopping.Register(stopping.SetResult);
    if (!options.StartsGateway)
    {
        Console.WriteLine(ready);
        await stopping.Task;
        return 0;
    }

    // The gateway ends before the back end does, so that the back end still hears of the clients that go.
    await using var gateway = GatewayProcess.Start(options, listening);
    var up = gateway.WaitUntilUpAsync(options.DataUrl, TimeProvider.System, CancellationToken.None);
    if (await Task.WhenAny(up, stopping.Task) == up && await up)
    {
        Console.WriteLine(ready);
        await Task.WhenAny(gateway.Exited, stopping.Task);
    }

    if (stopping.Task.IsCompleted)
    {
        return 0;
    }

    await Console.Error.WriteLineAsync($"The gateway has ended with exit code {gateway.ExitCode}, and so does the chat.");
    return gateway.ExitCode is 0 ? 1 : gateway.ExitCode;
}
