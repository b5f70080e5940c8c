using System.Buffers.Binary;
using System.Buffers;
using System.Security.Cryptography;
using System.Text;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// Makes a repeated POST known as such: a digest of the connection, the caller's <c>Idempotency-Key</c> or <c>amz-sdk-invocation-id</c>, and the
/// message. The default value: the caller gave no key, and nothing is a repeat.
/// </summary>
/// <param name="Digest">128 bits of SHA-256.</param>
internal readonly record struct DeliveryKey(UInt128 Digest)
{
    /// <summary>Size in bytes.</summary>
    public const int Size = 16;

    private const int HeadBytes = ConnectionId.Size + 1 + sizeof(int);

    /// <summary>Whether there is no key.</summary>
    public bool IsNone => Digest == 0;

    /// <summary>Reads what <see cref="CopyTo"/> wrote.</summary>
    public static DeliveryKey Read(ReadOnlySpan<byte> bytes) => new(BinaryPrimitives.ReadUInt128BigEndian(bytes));

    /// <summary>Writes the <see cref="Size"/> bytes.</summary>
    public void CopyTo(Span<byte> destination) => BinaryPrimitives.WriteUInt128BigEndian(destination, Digest);

    /// <summary>The key of one message.</summary>
    /// <param name="id">Whom it is for.</param>
    /// <param name="name">What the caller calls this delivery; a repeat has the same name.</param>
    /// <param name="isGivenBySdk">Whether an SDK chose the name, rather than the caller: names of both kinds never meet.</param>
    /// <param name="payload">The message.</param>
    /// <param name="isBinary">Whether it is a binary message.</param>
    public static DeliveryKey Of(ConnectionId id, ReadOnlySpan<char> name, bool isGivenBySdk, ReadOnlySpan<byte> payload, bool isBinary)
    {
        var nameBytes = Encoding.UTF8.GetByteCount(name);
        var length = HeadBytes + nameBytes + payload.Length;
        // The one-shot hash of contiguous memory allocates nothing; an incremental one would.
        var rented = ArrayPool<byte>.Shared.Rent(length);
        var input = rented.AsSpan(0, length);
        id.CopyTo(input);
        input[ConnectionId.Size] = (byte)((isGivenBySdk ? 1 : 0) | (isBinary ? 2 : 0));
        BinaryPrimitives.WriteInt32LittleEndian(input[(ConnectionId.Size + 1)..], nameBytes);
        Encoding.UTF8.GetBytes(name, input[HeadBytes..]);
        payload.CopyTo(input[(HeadBytes + nameBytes)..]);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(input, digest);
        ArrayPool<byte>.Shared.Return(rented);
        return new(BinaryPrimitives.ReadUInt128BigEndian(digest));
    }
}
