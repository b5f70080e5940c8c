using System.Diagnostics;
using System.Text;
using RealtimeGateway.Load.Cli;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Signing;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>
/// POSTs to <c>{callback}/@connections/{id}</c>, over all connections in turn, K at a time; closed loop, or at a fixed rate with what finds
/// no free poster waiting, its clock running. Latency is the POST's; the receipt's is from the same moment to the client's socket.
/// </summary>
internal sealed class PushScenario : TrafficScenario, IPoster
{
    private readonly Target _callback;
    private readonly PushOptions _push;
    private readonly LatencyHistogram _receipts = new();
    private readonly Queue<CallbackPeer> _free = new();
    private readonly CallbackPeer[] _posters;
    private readonly Schedule? _schedule;
    private readonly byte[][] _heads;
    private readonly RequestSigner[]? _signers;
    private readonly byte[] _request;
    private long _accepted;
    private long _outstanding;
    private int _nextReceiver;
    private long _overdue;

    public PushScenario(
        EventLoop loop, IEnumerable<string> ids, Target callback, LoadOptions options, TrafficOptions traffic, PushOptions push, Tally errors)
        : base(loop, options, traffic, errors)
    {
        _callback = callback;
        _push = push;
        _schedule = traffic.Rate is { } rate ? new Schedule(rate) : null;
        string[] all = [.. ids];
        _heads = [.. all.Select(HeadFor)];
        _signers = push.Key is { } key ? [.. all.Select(id => new RequestSigner(key, push.Callback.Authority, PathFor(id)))] : null;
        _request = new byte[_heads.Max(static h => h.Length) + RequestSigner.MaxHeaderBytes + traffic.Template.PayloadBytes];
        _posters = [.. Enumerable.Range(0, push.InFlight).Select(_ => new CallbackPeer(loop, this))];
    }

    protected override bool HasOutstanding => _outstanding > 0 || _receipts.Count < _accepted;

    public override void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal)
    {
        if (!MessageTemplate.TryReadStamp(payload, out var dueAt))
        {
            AddUnexpected(payload);
        }
        else if (IsMeasured(dueAt))
        {
            _receipts.Record(Stopwatch.GetTimestamp() - dueAt);
        }
    }

    public override void Lost(ClientConnection connection)
    {
        // Posts to it are answered 410 and counted as that.
    }

    /// <summary>A poster is connected and may be used.</summary>
    public void PosterReady(CallbackPeer poster)
    {
        _free.Enqueue(poster);
        if (_schedule is null)
        {
            SendDue(Stopwatch.GetTimestamp());
        }
    }

    /// <summary>A POST was answered; the poster is free again, or closed by the server's wish.</summary>
    public void PostAnswered(CallbackPeer poster, int status)
    {
        var now = Stopwatch.GetTimestamp();
        var dueAt = poster.InFlightSince;
        poster.InFlightSince = 0;
        _outstanding--;
        if (status is >= 200 and < 300)
        {
            Complete(dueAt, now);
            _accepted += IsMeasured(dueAt) ? 1 : 0;
        }
        else if (IsMeasured(dueAt))
        {
            Errors.Add($"POST answered {status}");
        }

        if (poster.IsAlive)
        {
            PosterReady(poster);
        }
        else if (!IsDraining)
        {
            poster.Open(_callback, 0);
        }
    }

    /// <summary>A poster's connection ended; it comes back unless it never could connect.</summary>
    public void PosterLost(CallbackPeer poster, string reason)
    {
        Errors.Add($"POST connection: {reason}");
        if (poster.InFlightSince != 0)
        {
            poster.InFlightSince = 0;
            _outstanding--;
        }

        if (poster.HasConnected && !IsDraining)
        {
            poster.Open(_callback, 0);
        }
    }

    protected override void Begin(long now)
    {
        _schedule?.Begin(now);
        foreach (var poster in _posters)
        {
            poster.Open(_callback, 0);
        }
    }

    protected override long SendDue(long now)
    {
        while (!IsDraining && _free.Count > 0 && (_schedule is null || _schedule.NextDue <= now))
        {
            var poster = _free.Dequeue();
            if (poster.IsAlive && poster.InFlightSince == 0)
            {
                Post(poster, _schedule?.NextDue ?? Stopwatch.GetTimestamp());
                _schedule?.Advance();
            }
        }

        return _schedule is null || _free.Count == 0 ? long.MaxValue : _schedule.NextDue;
    }

    // With a free poster at hand, what is overdue is only what the closing of the window cut off.
    protected override void WindowClosed() => _overdue = _free.Count == 0 ? _schedule?.OverdueAt(WindowEnd) ?? 0 : 0;

    protected override void Finish()
    {
        Errors.Add("accepted but not received", _accepted - _receipts.Count);
        Errors.Add("POST unanswered", _outstanding);
        Errors.Add("due but never posted: no poster was free", _overdue);
        foreach (var poster in _posters)
        {
            poster.Close();
        }
    }

    protected override LatencySummary? SummarizeReceipts() => _receipts.Summarize();

    private void Post(CallbackPeer poster, long dueAt)
    {
        var head = _heads[_nextReceiver];
        var payload = Traffic.Template.Payload(dueAt);
        head.CopyTo(_request, 0);
        var length = head.Length;
        if (_signers is { } signers)
        {
            length += signers[_nextReceiver].WriteHeaders(payload, _request.AsSpan(length));
        }

        _nextReceiver = (_nextReceiver + 1) % _heads.Length;
        "\r\n"u8.CopyTo(_request.AsSpan(length));
        payload.CopyTo(_request.AsSpan(length + 2));
        poster.InFlightSince = dueAt;
        _outstanding++;
        if (_schedule is not null && IsMeasured(dueAt))
        {
            SendDelay.Record(Stopwatch.GetTimestamp() - dueAt);
        }

        if (!poster.Send(_request.AsSpan(0, length + 2 + payload.Length)))
        {
            poster.InFlightSince = 0;
            _outstanding--;
            Errors.Add("not posted");
        }
    }

    private string PathFor(string id) => $"{_push.Callback.AbsolutePath.TrimEnd('/')}/@connections/{Uri.EscapeDataString(id)}";

    private byte[] HeadFor(string id)
    {
        var uri = _push.Callback;
        var text = new StringBuilder()
            .Append("POST ").Append(PathFor(id))
            .Append(" HTTP/1.1\r\nHost: ").Append(uri.Authority)
            .Append("\r\nContent-Type: application/json\r\nContent-Length: ").Append(Traffic.Template.PayloadBytes).Append("\r\n");
        foreach (var header in _push.Headers)
        {
            text.Append(header).Append("\r\n");
        }

        return Encoding.ASCII.GetBytes(text.ToString());
    }
}
