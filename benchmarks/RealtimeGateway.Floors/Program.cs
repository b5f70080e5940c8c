using RealtimeGateway.Floors;

// dotnet run -c Release --project benchmarks/RealtimeGateway.Floors -- --urls http://127.0.0.1:9080
var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { Args = args });
builder.Configuration.AddCommandLine(args);
builder.WebHost.UseKestrelCore();
builder.Services.AddRoutingCore();

var app = builder.Build();
var connections = new FloorConnections();
app.UseWebSockets(new WebSocketOptions { KeepAliveInterval = Timeout.InfiniteTimeSpan });
app.MapGet("/", (HttpContext context) => FloorConnection.RunAsync(context, connections));
app.MapPost("/@connections/{id}", (HttpContext context, string id) => FloorPush.PostAsync(context, connections, id));

await app.StartAsync();
Console.WriteLine($"{Environment.ProcessId} {string.Join(' ', app.Urls)}");
await app.WaitForShutdownAsync();
