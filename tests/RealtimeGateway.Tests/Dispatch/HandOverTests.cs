using System.Buffers;
using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Apis;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;

namespace RealtimeGateway.Tests.Dispatch;

/// <summary>Reliability promise 10: what is long for one message holds up no other connection of the thread that read it.</summary>
public sealed class HandOverTests
{
    [Theory]
    [InlineData("$input.body", true)]
    [InlineData("#if(true)$input.body#end", false)]
    public async Task Dispatch_Template_RunsOnTheReadersThreadOnlyWhenItIsQuick(string template, bool isQuick)
    {
        var (session, dispatcher, transport) = Open(template, model: null);
        var thread = Environment.CurrentManagedThreadId;

        await Dispatch(dispatcher, session, """{"action":"echo"}""");
        transport.WaitForMessage();

        Assert.Equal(isQuick, transport.WriterThread == thread);
        Assert.Equal("""{"action":"echo"}""", transport.Text);
    }

    [Fact]
    public async Task Dispatch_ModelWithExpressions_IsCheckedOnThePool()
    {
        var (session, dispatcher, transport) = Open("$input.body", """{"type":"object","properties":{"text":{"pattern":"^x"}}}""");
        var thread = Environment.CurrentManagedThreadId;

        await Dispatch(dispatcher, session, """{"action":"echo","text":"y"}""");
        transport.WaitForMessage();

        Assert.NotEqual(thread, transport.WriterThread);
        Assert.Contains("Bad request", transport.Text, StringComparison.Ordinal);
        await Patiently(() => session.InFlight == 0);
    }

    [Fact]
    public async Task Dispatch_LongMessages_CountAsUnderWayUntilTheyAreDone()
    {
        var (session, dispatcher, transport) = Open("#if(true)$input.body#end", model: null);

        await Dispatch(dispatcher, session, """{"action":"echo"}""");
        transport.WaitForMessage();

        await Patiently(() => session.InFlight == 0);
    }

    private static async Task Patiently(Func<bool> condition)
    {
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        while (!condition())
        {
            patience.Token.ThrowIfCancellationRequested();
            await Task.Yield();
        }
    }

    private static ValueTask Dispatch(MessageDispatcher dispatcher, Session session, string text)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        var rented = ArrayPool<byte>.Shared.Rent(bytes.Length);
        bytes.CopyTo(rented, 0);
        return dispatcher.DispatchAsync(session, new PooledBytes(rented, bytes.Length), isBinary: false);
    }

    private static (Session Session, MessageDispatcher Dispatcher, ThreadTransport Transport) Open(string template, string? model)
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        var services = builder.Services.BuildServiceProvider();
        var route = new Route { RouteKey = "echo", Target = "echo", HasRouteResponse = true };
        var api = new Api
        {
            Id = ApiId.Parse("chat"),
            Models = model is null ? [] : [new Model { Name = "Text", Schema = model }],
            Integrations =
            [
                new()
                {
                    Id = "echo",
                    Type = IntegrationType.Mock,
                    Responses = [new() { Key = "$default", ResponseTemplates = ImmutableSortedDictionary<string, string>.Empty.Add("$default", template) }],
                },
            ],
            Routes =
            [
                model is null
                    ? route
                    : route with
                    {
                        ModelSelectionExpression = "$default",
                        RequestModels = ImmutableSortedDictionary<string, string>.Empty.Add("$default", "Text"),
                    },
            ],
            Stages = [new() { Name = "prod" }],
        };
        Assert.Empty(services.GetRequiredService<ActiveStages>().Apply(new GatewayConfiguration { Apis = [api] }));
        var slot = services.GetRequiredService<ActiveStages>().Table.Slots[0];
        var client = new ClientIdentity
        {
            ApiId = api.Id, StageName = "prod", DomainName = "localhost", SourceIp = "127.0.0.1", ConnectedAt = DateTimeOffset.UnixEpoch,
        };
        var transport = new ThreadTransport();
        var time = new FakeTimeProvider();
        var connection = new Connection(
            services.GetRequiredService<IdSource>().NextConnectionId(), client, transport, slot.Current.Limits, new OutboundBudget(1 << 20), time);
        connection.TransportReady();
        return (new Session(connection, slot), services.GetRequiredService<MessageDispatcher>(), transport);
    }
}
