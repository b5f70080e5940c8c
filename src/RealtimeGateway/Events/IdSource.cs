using System.Buffers.Binary;
using System.Security.Cryptography;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Events;

/// <summary>Fills memory with random bytes.</summary>
internal delegate void RandomFill(Span<byte> bytes);

/// <summary>Makes the ids of one node. A restarted node draws a new incarnation, and so does one that its fleet has taken for dead: it is another node.</summary>
internal sealed class IdSource
{
    private readonly RandomFill _unguessable;
    private readonly RandomFill _quick;
    private uint _incarnation;

    /// <summary>Ids from the system's randomness.</summary>
    public IdSource()
        : this(RandomNumberGenerator.Fill, Random.Shared.NextBytes)
    {
    }

    /// <summary>Ids from given randomness.</summary>
    /// <param name="unguessable">For connection ids, which whoever knows them may push to: a cryptographic source outside tests.</param>
    /// <param name="quick">For ids that only have to differ.</param>
    public IdSource(RandomFill unguessable, RandomFill quick)
    {
        _unguessable = unguessable;
        _quick = quick;
        _incarnation = Draw();
    }

    /// <summary>What sets this run of this node apart from every other.</summary>
    public uint Incarnation => Volatile.Read(ref _incarnation);

    /// <summary>Makes this node another one: from now on its connections' ids name a new incarnation.</summary>
    /// <returns>The old one.</returns>
    public uint Renew()
    {
        var old = _incarnation;
        uint drawn;
        do
        {
            drawn = Draw();
        }
        while (drawn == old);

        return Interlocked.Exchange(ref _incarnation, drawn);
    }

    /// <summary>A new connection of this node.</summary>
    public ConnectionId NextConnectionId()
    {
        Span<byte> random = stackalloc byte[ConnectionId.Size - 4];
        _unguessable(random);
        return ConnectionId.Create(Incarnation, random);
    }

    /// <summary>A new event.</summary>
    public RequestId NextRequestId()
    {
        Span<byte> random = stackalloc byte[RequestId.Size];
        _quick(random);
        return new RequestId(random);
    }

    /// <summary>A new UUID of version 4 (RFC 9562 §5.4).</summary>
    public Guid NextUuid()
    {
        Span<byte> bytes = stackalloc byte[16];
        _quick(bytes);
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x40);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true);
    }

    /// <summary>A new message of a connection. It has the form of a connection id and, as on AWS, the last bytes of the connection's.</summary>
    public ConnectionId NextMessageId(ConnectionId connection)
    {
        Span<byte> bytes = stackalloc byte[ConnectionId.Size];
        _quick(bytes[..5]);
        connection.Tail.CopyTo(bytes[5..]);
        return ConnectionId.Create(BinaryPrimitives.ReadUInt32BigEndian(bytes), bytes[4..]);
    }

    private uint Draw()
    {
        Span<byte> incarnation = stackalloc byte[4];
        _unguessable(incarnation);
        return BinaryPrimitives.ReadUInt32BigEndian(incarnation);
    }
}
