using System.Diagnostics;
using System.Diagnostics.Metrics;
using System.Globalization;

namespace RealtimeGateway.Diagnostics;

/// <summary>
/// What the gateway measures, on the meter <see cref="MeterName"/>. Each instrument that has a counterpart on Amazon API Gateway
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-websocket-api-logging.html) names it. While nobody listens, measuring costs a look at a flag.
/// </summary>
internal sealed class GatewayMetrics
{
    /// <summary>The name of the meter.</summary>
    public const string MeterName = "RealtimeGateway";

    private readonly Counter<long> _connects;
    private readonly Counter<long> _messages;
    private readonly Counter<long> _clientErrors;
    private readonly Counter<long> _integrationErrors;
    private readonly Counter<long> _executionErrors;
    private readonly Histogram<double> _integrationLatency;
    private readonly UpDownCounter<long> _open;
    private readonly Counter<long> _closed;
    private readonly Counter<long> _pushes;
    private readonly Counter<long> _droppedLines;
    private readonly Counter<long> _busIgnored;
    private readonly Counter<long> _busLate;
    private readonly Counter<long> _busResent;
    private readonly Counter<long> _busCircuits;

    /// <summary>Makes the instruments.</summary>
    /// <param name="meters">Makes the meter.</param>
    /// <param name="queuedBytes">Says how much waits for clients to read.</param>
    public GatewayMetrics(IMeterFactory meters, Func<long> queuedBytes)
    {
        var meter = meters.Create(MeterName);
        _connects = meter.CreateCounter<long>("realtimegateway.connects", "{connect}", "Clients about whom a $connect integration was asked. AWS: ConnectCount.");
        _messages = meter.CreateCounter<long>(
            "realtimegateway.messages", "{message}", "Messages from (direction=in) and to (direction=out) clients, error frames not counted. AWS: MessageCount, the sum of both.");
        _clientErrors = meter.CreateCounter<long>(
            "realtimegateway.client.errors", "{error}", "Events that were refused with 4xx before a back end was called. AWS: ClientError.");
        _integrationErrors = meter.CreateCounter<long>(
            "realtimegateway.integration.errors", "{error}", "Back ends' answers with 4xx or 5xx. AWS: IntegrationError.");
        _executionErrors = meter.CreateCounter<long>(
            "realtimegateway.execution.errors", "{error}", "Calls of back ends that failed or timed out, and functions that failed. AWS: ExecutionError.");
        _integrationLatency = meter.CreateHistogram<double>(
            "realtimegateway.integration.latency", "ms", "How long back ends took to answer; not for MOCK. AWS: IntegrationLatency.");
        _open = meter.CreateUpDownCounter<long>("realtimegateway.connections.open", "{connection}", "Connections that are open.");
        _closed = meter.CreateCounter<long>(
            "realtimegateway.connections.closed", "{connection}", "Connections that ended, by the code of RFC 6455 §7.4 (3xxx and 4xxx: an application's own).");
        _pushes = meter.CreateCounter<long>("realtimegateway.pushes", "{message}", "POSTs to @connections, by outcome: queued, repeated (queued earlier, not sent again), gone, limited, too_large, denied, invalid, unreachable, unknown or failed.");
        _droppedLines = meter.CreateCounter<long>("realtimegateway.access_log.dropped", "{line}", "Lines that an access log could not take.");
        _busIgnored = meter.CreateCounter<long>(
            "realtimegateway.bus.ignored", "{batch}", "Batches of other nodes that could not be read, by reason: version, malformed or stranger.");
        _busLate = meter.CreateCounter<long>("realtimegateway.bus.late", "{request}", "Other nodes' requests that came too late to be done.");
        _busResent = meter.CreateCounter<long>("realtimegateway.bus.resent", "{request}", "Requests to other nodes that were sent again for want of an answer.");
        _busCircuits = meter.CreateCounter<long>("realtimegateway.bus.circuits", "{circuit}", "Times that another node was given up for not answering.");
        _ = meter.CreateObservableUpDownCounter(
            "realtimegateway.outbound.queue", queuedBytes, "By", "Bytes waiting for clients to read.");
    }

    /// <summary>Counts a client about whom a <c>$connect</c> integration was asked.</summary>
    public void Connect(MetricTags tags)
    {
        if (_connects.Enabled)
        {
            _connects.Add(1, tags.List);
        }
    }

    /// <summary>Counts a message from a client, or the end of its connection.</summary>
    public void MessageIn(MetricTags tags) => Message(tags, "in");

    /// <summary>Counts a message to a client, or several.</summary>
    public void MessageOut(MetricTags tags, int count = 1) => Message(tags, "out", count);

    /// <summary>Counts a failure.</summary>
    /// <param name="fault">Whose fault it is.</param>
    /// <param name="errorType">Which failure, from a small fixed set.</param>
    /// <param name="tags">Where.</param>
    /// <param name="count">How many of them.</param>
    public void Failed(EventFault fault, string errorType, MetricTags tags, int count = 1)
    {
        var counter = fault switch
        {
            EventFault.Client => _clientErrors,
            EventFault.Integration => _integrationErrors,
            EventFault.Execution => _executionErrors,
            _ => null,
        };
        if (counter is { Enabled: true })
        {
            counter.Add(count, tags.With("error.type", errorType));
        }
    }

    /// <summary>Records how long a back end took.</summary>
    public void IntegrationTook(double milliseconds, MetricTags tags)
    {
        if (_integrationLatency.Enabled)
        {
            _integrationLatency.Record(milliseconds, tags.List);
        }
    }

    /// <summary>
    /// Counts an opened connection. Returns whether it was counted, to be told to <see cref="Closed"/>: a listener that comes later must not
    /// see it go without having seen it come.
    /// </summary>
    public bool Opened(MetricTags tags)
    {
        if (!_open.Enabled)
        {
            return false;
        }

        _open.Add(1, tags.List);
        return true;
    }

    /// <summary>Counts the end of a connection, by its close code.</summary>
    public void Closed(int code, bool wasCounted, MetricTags tags)
    {
        if (wasCounted)
        {
            _open.Add(-1, tags.List);
        }

        if (_closed.Enabled)
        {
            _closed.Add(1, tags.With("code", CodeName(code)));
        }
    }

    /// <summary>Counts a POST to <c>@connections</c>, for each connection that it is for.</summary>
    public void Push(string outcome, MetricTags tags, int count = 1)
    {
        if (_pushes.Enabled)
        {
            _pushes.Add(count, tags.With("outcome", outcome));
        }
    }

    /// <summary>Counts lines that an access log could not take.</summary>
    public void AccessLogDropped(int lines, string destination)
    {
        if (_droppedLines.Enabled)
        {
            _droppedLines.Add(lines, new KeyValuePair<string, object?>("destination", destination));
        }
    }

    /// <summary>Counts a batch of another node that could not be read.</summary>
    /// <param name="reason">Why, from a small fixed set.</param>
    public void BusIgnored(string reason)
    {
        if (_busIgnored.Enabled)
        {
            _busIgnored.Add(1, new KeyValuePair<string, object?>("reason", reason));
        }
    }

    /// <summary>Counts a request of another node that came too late.</summary>
    public void BusLate() => _busLate.Add(1);

    /// <summary>Counts requests that were sent to another node again.</summary>
    public void BusResent(int requests) => _busResent.Add(requests);

    /// <summary>Counts a node that was given up for not answering.</summary>
    public void BusCircuitOpened() => _busCircuits.Add(1);

    private void Message(MetricTags tags, string direction, int count = 1)
    {
        if (_messages.Enabled)
        {
            _messages.Add(count, tags.With("direction", direction));
        }
    }

    /// <summary>Clients choose the codes of RFC 6455 §7.4.2; each of 2,000 as a tag of its own would be theirs to fill a metrics store with.</summary>
    private static string CodeName(int code) => code switch
    {
        >= 3000 and < 4000 => "3xxx",
        >= 4000 and < 5000 => "4xxx",
        _ => code.ToString(CultureInfo.InvariantCulture),
    };
}
