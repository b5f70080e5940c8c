using System.Diagnostics;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Reporting;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>The N connections of a run: opens them with bounded haste, passes on what they say, closes them softly or hard.</summary>
internal sealed class Fleet : IConnectionEvents
{
    private readonly EventLoop _loop;
    private readonly Target _target;
    private readonly LoadOptions _options;
    private readonly ClientConnection[] _connections;
    private readonly LatencyHistogram _connectLatency = new();
    private readonly Tally _errors;
    private int _opening;
    private int _failed;
    private bool _isClosing;

    public Fleet(EventLoop loop, Target target, LoadOptions options, Tally errors)
    {
        _loop = loop;
        _target = target;
        _options = options;
        _errors = errors;
        var handshake = new ClientHandshake(target.Uri, options.Headers);
        _connections = new ClientConnection[options.Connections];
        for (var i = 0; i < _connections.Length; i++)
        {
            _connections[i] = new ClientConnection(loop, handshake, this, i);
        }
    }

    /// <summary>Who hears; nobody while it is <see langword="null"/>.</summary>
    public IMessageSink? Sink { get; set; }

    public int OpenCount { get; private set; }

    /// <summary>Those that are open now.</summary>
    public IEnumerable<ClientConnection> Open => _connections.Where(static c => c.IsOpen);

    /// <summary>Opens the first <paramref name="count"/> connections; returns when each is open or has failed, or time is up.</summary>
    public ConnectionReport OpenAll(int count, CancellationToken stop)
    {
        var begun = Stopwatch.GetTimestamp();
        var deadline = begun + Clock.Ticks(_options.ConnectTimeout);
        var next = 0;
        var openBefore = OpenCount;
        _failed = 0;
        while (OpenCount - openBefore + _failed < count && !stop.IsCancellationRequested && Stopwatch.GetTimestamp() < deadline)
        {
            while (next < count && _opening < _options.ConnectConcurrency)
            {
                // Before the call: a connection can fail inside it, and that takes one off again.
                _opening++;
                _connections[next].Open(_target, next);
                next++;
            }

            _loop.Wait(Math.Min(deadline, Clock.In(TimeSpan.FromMilliseconds(100))));
        }

        var seconds = Stopwatch.GetElapsedTime(begun).TotalSeconds;
        AbandonUnopened();
        return new ConnectionReport(count, OpenCount, _target.SourceCount, Math.Round(seconds, 2), _connectLatency.Summarize());
    }

    /// <summary>Sends each a close frame and waits a little for the server to end them; then ends the rest.</summary>
    public void CloseAll(TimeSpan patience)
    {
        _isClosing = true;
        var deadline = Clock.In(patience);
        foreach (var connection in Open)
        {
            connection.SendClose();
        }

        while (OpenCount > 0 && Stopwatch.GetTimestamp() < deadline)
        {
            _loop.Wait(deadline);
        }

        ResetAll();
    }

    /// <summary>Resets each, as a client does whose machine died and came back.</summary>
    public void ResetAll()
    {
        foreach (var connection in _connections)
        {
            connection.Reset();
            connection.Forget();
        }

        OpenCount = 0;
        _opening = 0;
        _isClosing = false;
    }

    void IConnectionEvents.Opened(ClientConnection connection)
    {
        _opening--;
        OpenCount++;
        _connectLatency.Record(Stopwatch.GetTimestamp() - connection.OpenedAt);
        Sink?.Opened(connection);
    }

    void IConnectionEvents.MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal) =>
        Sink?.MessageCame(connection, payload, isFinal);

    void IConnectionEvents.Lost(ClientConnection connection, bool wasOpen, string reason)
    {
        if (!wasOpen)
        {
            _opening--;
            _failed++;
            _errors.Add($"not opened: {reason}");
            return;
        }

        OpenCount--;
        if (!_isClosing)
        {
            _errors.Add($"connection lost: {reason}");
            Sink?.Lost(connection);
        }
    }

    private void AbandonUnopened()
    {
        foreach (var connection in _connections)
        {
            if (connection.IsAlive && !connection.IsOpen)
            {
                connection.Reset();
                _errors.Add("not opened: time was up");
            }
        }

        _opening = 0;
    }
}
