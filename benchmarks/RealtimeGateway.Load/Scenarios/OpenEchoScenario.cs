using System.Diagnostics;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>
/// Messages at a fixed total rate, over all connections in turn. With a stamp in the template a connection may have several in flight and
/// answers may come in any order; without one each connection has one at a time, and what finds none free waits, its clock running.
/// </summary>
internal sealed class OpenEchoScenario(EventLoop loop, Fleet fleet, LoadOptions options, TrafficOptions traffic, double rate, Tally errors)
    : TrafficScenario(loop, options, traffic, errors)
{
    private readonly Schedule _schedule = new(rate);
    private readonly Queue<ClientConnection> _free = new();
    private long _outstanding;
    private long _measuredDue;
    private long _overdue;

    protected override bool HasOutstanding => _outstanding > 0;

    public override void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal)
    {
        var hasStamp = Traffic.Template.HasStamp;
        if (hasStamp && MessageTemplate.TryReadStamp(payload, out var stamp))
        {
            connection.FragmentStamp = stamp;
        }

        if (!isFinal)
        {
            return;
        }

        var dueAt = hasStamp ? connection.FragmentStamp : connection.InFlightSince;
        connection.FragmentStamp = 0;
        if (dueAt != 0 && IsExpected(payload))
        {
            _outstanding--;
            Complete(dueAt, Stopwatch.GetTimestamp());
        }
        else
        {
            AddUnexpected(payload);
        }

        if (!hasStamp && connection.InFlightSince != 0)
        {
            connection.InFlightSince = 0;
            _free.Enqueue(connection);
        }
    }

    public override void Lost(ClientConnection connection)
    {
        // Its place in the queue is dropped when its turn comes.
    }

    protected override void Begin(long now)
    {
        foreach (var connection in fleet.Open)
        {
            _free.Enqueue(connection);
        }

        _schedule.Begin(now);
    }

    protected override long SendDue(long now)
    {
        while (_schedule.NextDue <= now && _free.TryDequeue(out var connection))
        {
            if (connection.IsOpen)
            {
                Send(connection, _schedule.NextDue);
                _schedule.Advance();
            }
        }

        return _free.Count == 0 ? long.MaxValue : _schedule.NextDue;
    }

    // With a free connection at hand, what is overdue is only what the closing of the window cut off.
    protected override void WindowClosed() => _overdue = _free.Count == 0 ? _schedule.OverdueAt(WindowEnd) : 0;

    protected override void Finish()
    {
        Errors.Add("unanswered", _measuredDue - Latency.Count);
        Errors.Add("due but never sent: no connection was free", _overdue);
    }

    private void Send(ClientConnection connection, long dueAt)
    {
        if (!connection.Send(Traffic.Template.FrameOf(dueAt)))
        {
            Errors.Add("not sent");
            return;
        }

        _outstanding++;
        // The window's end is not known yet, so what is due before it counts while it is open.
        if (IsMeasured(dueAt))
        {
            _measuredDue++;
            SendDelay.Record(Stopwatch.GetTimestamp() - dueAt);
        }

        if (Traffic.Template.HasStamp)
        {
            _free.Enqueue(connection);
        }
        else
        {
            connection.InFlightSince = dueAt;
        }
    }
}
