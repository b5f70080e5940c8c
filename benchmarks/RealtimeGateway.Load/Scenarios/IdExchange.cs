using System.Diagnostics;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Load.Measurement;
using RealtimeGateway.Load.Sockets;
using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Scenarios;

/// <summary>Learns each connection's id: says hello as soon as it is open (or just listens) and reads the id out of the answer.</summary>
internal sealed class IdExchange(EventLoop loop, string hello, string idMember, Tally errors) : IMessageSink
{
    private readonly MessageTemplate? _hello = hello.Length == 0 ? null : new MessageTemplate(hello, 0);
    private readonly Dictionary<ClientConnection, string> _ids = [];
    private int _awaited;

    public IReadOnlyDictionary<ClientConnection, string> Ids => _ids;

    /// <summary>Waits until each open connection has its id.</summary>
    public void Finish(TimeSpan patience, CancellationToken stop)
    {
        var deadline = Clock.In(patience);
        while (_awaited > 0 && !stop.IsCancellationRequested && Stopwatch.GetTimestamp() < deadline)
        {
            loop.Wait(Math.Min(deadline, Clock.In(TimeSpan.FromMilliseconds(100))));
        }

        errors.Add("id not learnt", _awaited);
    }

    public void Opened(ClientConnection connection)
    {
        _awaited++;
        if (_hello is not null)
        {
            connection.Send(_hello.FrameOf(0));
        }
    }

    public void MessageCame(ClientConnection connection, ReadOnlySpan<byte> payload, bool isFinal)
    {
        if (TryReadId(payload, out var id) && _ids.TryAdd(connection, id))
        {
            _awaited--;
        }
        else if (!_ids.ContainsKey(connection))
        {
            errors.Add($"answer without '{idMember}': {Encoding.UTF8.GetString(payload[..Math.Min(48, payload.Length)])}");
        }
    }

    public void Lost(ClientConnection connection)
    {
        if (!_ids.Remove(connection))
        {
            _awaited--;
        }
    }

    private bool TryReadId(ReadOnlySpan<byte> payload, out string id)
    {
        id = "";
        try
        {
            var reader = new Utf8JsonReader(payload);
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.ValueTextEquals(idMember))
                {
                    reader.Read();
                    id = reader.TokenType == JsonTokenType.String ? reader.GetString()! : "";
                    return id.Length > 0;
                }
            }
        }
        catch (JsonException)
        {
            // Not JSON, so no id: the caller counts it with its text.
        }

        return false;
    }
}
