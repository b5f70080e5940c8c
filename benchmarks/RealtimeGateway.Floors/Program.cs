using RealtimeGateway.Floors;

// dotnet run -c Release --project benchmarks/RealtimeGateway.Floors -- --urls http://127.0.0.1:9080 [--inline true] [--back-end http://127.0.0.1:9081/echo]
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.Configuration.AddCommandLine(args);
builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Configure(builder.Configuration.GetSection("Kestrel")));
builder.WebHost.UseSockets(sockets => sockets.UnsafePreferInlineScheduling = builder.Configuration.GetValue("inline", false));
builder.Services.AddRoutingCore();

var app = builder.Build();
var connections = new FloorConnections();
using var backEnd = builder.Configuration["back-end"] is { Length: > 0 } url ? new FloorForward(new Uri(url)) : null;
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
app.MapGet("/", (HttpContext context) => FloorConnection.RunAsync(context, connections, backEnd));
app.MapPost("/@connections/{id}", (HttpContext context, string id) => FloorPush.PostAsync(context, connections, id));
app.MapPost("/broadcast", (HttpContext context) => FloorPush.BroadcastAsync(context, connections));
// The same program, in a process of its own, is the back end of both itself and the gateway.
app.MapPost("/echo", FloorBackEnd.EchoAsync);
app.MapPost("/hang", FloorBackEnd.HangAsync);

await app.StartAsync();
Console.WriteLine($"{Environment.ProcessId} {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync();
