using RealtimeGateway.Load.Sockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>One kept-alive HTTP/1.1 connection with one POST at a time.</summary>
internal sealed class CallbackPeer(EventLoop loop, IPoster scenario) : Peer(loop)
{
    private PartialInput _partial;

    /// <summary>Connected at least once since the last failure to connect.</summary>
    public bool HasConnected { get; private set; }

    /// <summary>When the POST in flight was due; 0 when none is.</summary>
    public long InFlightSince { get; set; }

    internal override void Connected()
    {
        HasConnected = true;
        scenario.PosterReady(this);
    }

    internal override void Received(ReadOnlySpan<byte> bytes)
    {
        bytes = _partial.Join(bytes);
        var end = HttpResponse.TryMeasure(bytes, out var status);
        if (end < 0 || InFlightSince == 0)
        {
            End(end < 0 && InFlightSince != 0 ? "not an HTTP/1.1 response" : "bytes nobody asked for");
            return;
        }

        if (end == 0)
        {
            _partial.Keep(bytes);
            return;
        }

        var mayReuse = !HttpResponse.SaysClose(bytes[..end]);
        _partial.Clear();
        if (!mayReuse)
        {
            Close();
        }

        scenario.PostAnswered(this, status);
    }

    protected override void Ended(string reason)
    {
        _partial.Clear();
        scenario.PosterLost(this, reason);
        HasConnected = false;
    }
}
