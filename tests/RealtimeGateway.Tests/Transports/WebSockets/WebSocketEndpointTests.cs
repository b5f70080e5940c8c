using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;
using RealtimeGateway.Deployments;
using RealtimeGateway.Dispatch;
using RealtimeGateway.Events;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Tests.Transports.WebSockets;

/// <summary>The first moments of a connection that was taken over: its answer is in the pipe and not yet sent.</summary>
public sealed class WebSocketEndpointTests : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly ServiceProvider _services;
    private readonly ConnectionTable _connections;
    private readonly ConnectionId _id;
    private readonly Pipe _input = new(new PipeOptions(useSynchronizationContext: false));
    private readonly Pipe _output = new(new PipeOptions(pauseWriterThreshold: 1, resumeWriterThreshold: 1, useSynchronizationContext: false));
    private int _aborts;

    public WebSocketEndpointTests()
    {
        var builder = Host.CreateEmptyApplicationBuilder(null);
        builder.AddRealtimeGateway();
        _services = builder.Services.BuildServiceProvider();
        _connections = _services.GetRequiredService<ConnectionTable>();
        _id = _services.GetRequiredService<IdSource>().NextConnectionId();
        var api = new Api { Id = ApiId.Parse("chat"), Stages = [new() { Name = "prod" }] };
        Assert.Empty(_services.GetRequiredService<ActiveStages>().Apply(new GatewayConfiguration { Apis = [api] }));
    }

    public ValueTask DisposeAsync() => _services.DisposeAsync();

    public static TheoryData<Exception?> Ends => [default(Exception), new IOException("reset"), new ArgumentException("a bug")];

    /// <summary>However it is found out, nothing is left behind, and nothing waits for a writer that never came.</summary>
    [Theory]
    [MemberData(nameof(Ends))]
    public async Task Open_ClientThatHasLeft_EndsTheConnection(Exception? end)
    {
        await _output.Reader.CompleteAsync(end);
        await (await OpenAsync()).WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((0, 1), (_connections.Count, Math.Min(_aborts, 1)));
    }

    /// <summary>RFC 6455 §4.2.2: the answer to the handshake comes before every frame.</summary>
    [Fact]
    public async Task Open_PushMeanwhile_GoesOutAfterTheAnswer()
    {
        var serving = await OpenAsync();
        Assert.True(_connections.TryGet(_id, out var connection));
        Assert.Equal(SendOutcome.Queued, connection.TrySend("hi"u8, isBinary: false));
        Assert.Equal("answer", await TakeAsync());
        Assert.Equal("\u0081\u0002hi", await TakeAsync());

        await _input.Writer.CompleteAsync();
        await serving.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal(SendOutcome.Gone, connection.TrySend("late"u8, isBinary: false));
        Assert.Equal(0, _connections.Count);
    }

    /// <summary>A sweep may cut a connection at any moment, also while its reader is between the frames of one read.</summary>
    [Fact]
    public async Task Open_CutWhileACloseFrameIsRead_Ends()
    {
        var writer = new HookedWriter(_output.Writer);
        var serving = await OpenAsync(writer);
        Assert.Equal("answer", await TakeAsync());
        Assert.True(_connections.TryGet(_id, out var connection));
        writer.OnWrite = () => connection.Cut(CloseReason.PingTimeout);
        await _input.Writer.WriteAsync((byte[])[.. ClientFrames.Frame(9, "ping"u8.ToArray()), .. ClientFrames.Frame(8, [])], TestContext.Current.CancellationToken);
        await serving.WaitAsync(Patience, TestContext.Current.CancellationToken);
        Assert.Equal((0, CloseReason.PingTimeout), (_connections.Count, connection.Reason));
    }

    private async Task<Task> OpenAsync(PipeWriter? output = null)
    {
        Encoding.Latin1.GetBytes("answer", _output.Writer);
        var slot = _services.GetRequiredService<ActiveStages>().Table.Slots[0];
        var client = new ClientIdentity
        {
            ApiId = ApiId.Parse("chat"), StageName = "prod", DomainName = "localhost", SourceIp = "127.0.0.1", ConnectedAt = DateTimeOffset.UnixEpoch,
        };
        var attempt = new ConnectAttempt(slot, _id, new ConnectDecision { Client = client });
        return await _services.GetRequiredService<WebSocketEndpoint>().OpenAsync(attempt, new Duplex(_input.Reader, output ?? _output.Writer), Abort);
    }

    private void Abort()
    {
        _aborts++;
        _input.Writer.Complete();
        _output.Reader.Complete();
    }

    private async Task<string> TakeAsync()
    {
        var read = await _output.Reader.ReadAsync(TestContext.Current.CancellationToken);
        var text = Encoding.Latin1.GetString(read.Buffer);
        _output.Reader.AdvanceTo(read.Buffer.End);
        return text;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    /// <summary>Does something at the next write.</summary>
    private sealed class HookedWriter(PipeWriter inner) : PipeWriter
    {
        public Action? OnWrite { get; set; }

        public override Memory<byte> GetMemory(int sizeHint = 0) => inner.GetMemory(sizeHint);

        public override Span<byte> GetSpan(int sizeHint = 0)
        {
            var hook = OnWrite;
            OnWrite = null;
            hook?.Invoke();
            return inner.GetSpan(sizeHint);
        }

        public override void Advance(int bytes) => inner.Advance(bytes);

        public override ValueTask<FlushResult> FlushAsync(CancellationToken cancellationToken = default) => inner.FlushAsync(cancellationToken);

        public override void CancelPendingFlush() => inner.CancelPendingFlush();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);
    }
}
