using System.Collections.Concurrent;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;
using System.Threading.Channels;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.IntegrationTests.Harness;

/// <summary>One request that the gateway made.</summary>
internal sealed record BackendCall(string Method, string RawTarget, Dictionary<string, StringValues> Headers, byte[] Body)
{
    public string Text => Encoding.UTF8.GetString(Body);

    public JsonObject Json => JsonNode.Parse(Body)!.AsObject();

    /// <summary>CONNECT, MESSAGE or DISCONNECT, however the integration says it.</summary>
    public string EventType => Headers.TryGetValue("x-rg-event-type", out var type) ? type.ToString() : Json["requestContext"]!["eventType"]!.ToString();

    public string ConnectionId =>
        Headers.TryGetValue("x-rg-connection-id", out var id) ? id.ToString() : Json["requestContext"]!["connectionId"]!.ToString();
}

/// <summary>What the back end answers.</summary>
internal sealed record BackendAnswer(int Status, byte[] Body, params (string Name, string Value)[] Headers)
{
    public static BackendAnswer Ok { get; } = new(200, []);

    public static BackendAnswer Of(string body, int status = 200) => new(status, Encoding.UTF8.GetBytes(body));

    /// <summary>Cuts the connection instead of answering.</summary>
    public static BackendAnswer Cut { get; } = new(0, []);
}

/// <summary>An HTTP back end on a port of the system's choosing; it is a Lambda Invoke endpoint just as well. Records every call.</summary>
internal sealed class Backend : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly Channel<BackendCall> _arrived = Channel.CreateUnbounded<BackendCall>();
    private readonly ConcurrentQueue<BackendCall> _calls = new();

    private Backend(WebApplication app) => _app = app;

    /// <summary>Decides the answers. Default: 200 without a body.</summary>
    public Func<BackendCall, Task<BackendAnswer>> Answer { get; set; } = static _ => Task.FromResult(BackendAnswer.Ok);

    /// <summary>Everything that arrived, in order.</summary>
    public IReadOnlyCollection<BackendCall> Calls => _calls;

    public Uri Uri => new(_app.Urls.First());

    public static async Task<Backend> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(static kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        var backend = new Backend(app);
        app.Run(backend.HandleAsync);
        await app.StartAsync(TestContext.Current.CancellationToken);
        return backend;
    }

    public IEnumerable<BackendCall> Of(string eventType) => _calls.Where(call => call.EventType == eventType);

    /// <summary>The next call that nobody took yet.</summary>
    public async Task<BackendCall> NextAsync()
    {
        return await Patience.For(_arrived.Reader.ReadAsync(TestContext.Current.CancellationToken).AsTask(), "a call of the back end");
    }

    /// <summary>The next call of one type; others before it are skipped.</summary>
    public async Task<BackendCall> NextAsync(string eventType)
    {
        while (true)
        {
            var call = await NextAsync();
            if (call.EventType == eventType)
            {
                return call;
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _app.StopAsync(now.Token);
        await _app.DisposeAsync();
    }

    private async Task HandleAsync(HttpContext http)
    {
        var body = new MemoryStream();
        await http.Request.Body.CopyToAsync(body);
        var call = new BackendCall(
            http.Request.Method,
            http.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget,
            http.Request.Headers.ToDictionary(StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        _calls.Enqueue(call);
        _arrived.Writer.TryWrite(call);
        var answer = await Answer(call).WaitAsync(http.RequestAborted);
        if (ReferenceEquals(answer, BackendAnswer.Cut))
        {
            http.Abort();
            return;
        }

        http.Response.StatusCode = answer.Status;
        foreach (var (name, value) in answer.Headers)
        {
            http.Response.Headers.Append(name, value);
        }

        http.Response.ContentLength = answer.Body.Length;
        await http.Response.Body.WriteAsync(answer.Body);
    }
}
