using System.Diagnostics;
using System.Text;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>
/// One POST reaches every connection; the next is made when all have received the last. A message of the window is a delivery, its latency
/// counts from the POST, and the receipt latency is that of the first delivery of each POST.
/// </summary>
internal sealed class FanOutScenario : TrafficScenario, IPoster
{
    private readonly Fleet _fleet;
    private readonly Target _target;
    private readonly CallbackPeer _poster;
    private readonly LatencyHistogram _first = new();
    private readonly FanOutBody _body;
    private readonly byte[] _head;
    private long _dueAt;
    private int _awaited;
    private bool _isReady;
    private bool _isAnswered = true;

    public FanOutScenario(EventLoop loop, Fleet fleet, Target target, FanOutBody body, LoadOptions options, TrafficOptions traffic, Tally errors)
        : base(loop, options, traffic, errors)
    {
        _fleet = fleet;
        _target = target;
        _body = body;
        _poster = new CallbackPeer(loop, this);
        _head = Encoding.ASCII.GetBytes(
            $"POST {target.Uri.PathAndQuery} HTTP/1.1\r\nHost: {target.Uri.Authority}\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n\r\n");
    }

    protected override bool HasOutstanding => _awaited > 0 || !_isAnswered;

    public override void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal)
    {
        if (!MessageTemplate.TryReadStamp(payload, out var dueAt) || dueAt != _dueAt)
        {
            AddUnexpected(payload);
            return;
        }

        var now = Stopwatch.GetTimestamp();
        if (_awaited == _fleet.OpenCount && IsMeasured(dueAt))
        {
            _first.Record(now - dueAt);
        }

        _awaited--;
        Complete(dueAt, now);
        PostNext();
    }

    public override void Lost(ClientConnection connection) => Errors.Add("connection lost in a fan-out");

    public void PosterReady(CallbackPeer poster)
    {
        _isReady = true;
        PostNext();
    }

    public void PostAnswered(CallbackPeer poster, int status)
    {
        poster.InFlightSince = 0;
        _isAnswered = true;
        if (status is < 200 or >= 300)
        {
            Errors.Add($"POST answered {status}");
        }

        if (poster.IsAlive)
        {
            PostNext();
        }
        else if (!IsDraining)
        {
            _isReady = false;
            poster.Open(_target, 0);
        }
    }

    public void PosterLost(CallbackPeer poster, string reason)
    {
        Errors.Add($"POST connection: {reason}");
        poster.InFlightSince = 0;
        _isAnswered = true;
        _isReady = false;
        if (poster.HasConnected && !IsDraining)
        {
            poster.Open(_target, 0);
        }
    }

    protected override void Begin(long now) => _poster.Open(_target, 0);

    protected override long SendDue(long now) => long.MaxValue;

    protected override void Finish()
    {
        Errors.Add("accepted but not received", _awaited);
        _poster.Close();
    }

    protected override LatencySummary? SummarizeReceipts() => _first.Summarize();

    private void PostNext()
    {
        if (IsDraining || !_isReady || !_isAnswered || _awaited > 0)
        {
            return;
        }

        _dueAt = Stopwatch.GetTimestamp();
        _awaited = _fleet.OpenCount;
        _isAnswered = false;
        _poster.InFlightSince = _dueAt;
        if (!_poster.Send([.. _head, .. _body.Of(_dueAt)]))
        {
            Errors.Add("not posted");
        }
    }
}
