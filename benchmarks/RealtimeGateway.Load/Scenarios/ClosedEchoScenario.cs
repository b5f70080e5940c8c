using System.Diagnostics;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>Each connection has one message in flight and sends the next when the answer has come: finds the most the server can do.</summary>
internal sealed class ClosedEchoScenario(EventLoop loop, Fleet fleet, LoadOptions options, TrafficOptions traffic, Tally errors)
    : TrafficScenario(loop, options, traffic, errors)
{
    private int _inFlight;

    protected override bool HasOutstanding => _inFlight > 0;

    public override void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal)
    {
        if (Traffic.Template.HasStamp && MessageTemplate.TryReadStamp(payload, out var stamp))
        {
            connection.FragmentStamp = stamp;
        }

        if (!isFinal)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        var dueAt = connection.InFlightSince;
        var isOther = Traffic.Template.HasStamp && connection.FragmentStamp != 0 && connection.FragmentStamp != dueAt;
        var isAnswer = dueAt != 0 && !isOther && IsExpected(payload) && (!Traffic.Template.HasStamp || connection.FragmentStamp == dueAt);
        connection.FragmentStamp = 0;
        if (isAnswer)
        {
            Complete(dueAt, now);
        }
        else
        {
            AddUnexpected(payload);
        }

        // What answers another message, a second time perhaps, says nothing of the one in flight.
        if (dueAt != 0 && !isOther)
        {
            _inFlight--;
            SendNext(connection);
        }
    }

    public override void Lost(ClientConnection connection)
    {
        // Its connection is counted as lost already; the message went with it.
        if (connection.InFlightSince != 0)
        {
            _inFlight--;
        }
    }

    protected override void Begin(long now)
    {
        foreach (var connection in fleet.Open)
        {
            SendNext(connection);
        }
    }

    protected override long SendDue(long now) => long.MaxValue;

    protected override void Finish() => Errors.Add("unanswered", _inFlight);

    private void SendNext(ClientConnection connection)
    {
        connection.InFlightSince = 0;
        if (IsDraining)
        {
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (connection.Send(Traffic.Template.FrameOf(now)))
        {
            connection.InFlightSince = now;
            _inFlight++;
        }
        else
        {
            Errors.Add("not sent");
        }
    }
}
