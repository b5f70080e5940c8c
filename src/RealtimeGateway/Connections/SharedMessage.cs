namespace RealtimeGateway.Connections;

/// <summary>
/// One message for many connections: encoded once, and held once however many of them wait for their clients. One call sends it, to one connection after
/// the other; the connections then go on with it each on its own.
/// </summary>
/// <param name="payload">The message; used until the first connection has taken it, and copied then.</param>
/// <param name="isBinary">Whether it is a binary message; text otherwise.</param>
internal sealed class SharedMessage(ReadOnlyMemory<byte> payload, bool isBinary)
{
    private readonly Lock _gate = new();
    private byte[]? _encoded;
    private int _holders;

    /// <summary>As it goes to every client, to be written with <see cref="IClientTransport.WriteEncoded"/>.</summary>
    public ReadOnlySpan<byte> Encoded => _encoded;

    /// <summary>Whether it is a binary message.</summary>
    public bool IsBinary => isBinary;

    /// <summary>Encodes it, unless that was done before: what one transport encodes, all take.</summary>
    public ReadOnlySpan<byte> EncodedBy(IClientTransport transport) => _encoded ??= transport.Encode(payload.Span, isBinary);

    /// <summary>Keeps it for one more queue; the first pays for its bytes. <see langword="false"/>: the budget does not allow that.</summary>
    public bool TryHold(OutboundBudget budget)
    {
        lock (_gate)
        {
            if (_holders == 0 && !budget.TryTake(Encoded.Length))
            {
                return false;
            }

            _holders++;
            return true;
        }
    }

    /// <summary>Undoes one <see cref="TryHold"/>; the last gives the bytes back.</summary>
    public void Release(OutboundBudget budget)
    {
        lock (_gate)
        {
            if (--_holders == 0)
            {
                budget.Return(Encoded.Length);
            }
        }
    }
}
