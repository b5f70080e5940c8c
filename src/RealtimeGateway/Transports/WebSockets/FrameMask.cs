using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Masks and unmasks, which is the same thing (RFC 6455 §5.3), while copying.</summary>
internal static class FrameMask
{
    private const ulong HighBits = 0x8080_8080_8080_8080;

    /// <summary>Writes <paramref name="source"/> XOR the repeated key to the start of <paramref name="destination"/>.</summary>
    /// <returns>Whether everything written is ASCII: known for free here, and such text needs no UTF-8 check.</returns>
    /// <param name="source">Must not overlap the destination: tails are done as overlapping whole words.</param>
    /// <param name="destination">At least as long as the source.</param>
    /// <param name="key">The four key bytes in memory order, rotated so that the first applies to the first byte of the source.</param>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static bool Copy(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(destination.Length, source.Length);
        ref var from = ref MemoryMarshal.GetReference(source);
        ref var to = ref MemoryMarshal.GetReference(destination);
        var length = (nuint)(uint)source.Length;
        if (length >= 32)
        {
            return CopyLong(ref from, ref to, length, key);
        }

        if (length >= 8)
        {
            return CopyMedium(ref from, ref to, length, key);
        }

        uint seen = 0;
        for (nuint i = 0; i < length; i++)
        {
            var value = (byte)(Unsafe.Add(ref from, i) ^ KeyByte(key, i));
            Unsafe.Add(ref to, i) = value;
            seen |= value;
        }

        return seen < 0x80;
    }

    /// <summary>The key for the payload that follows after <paramref name="count"/> bytes.</summary>
    public static uint Rotate(uint key, long count)
    {
        var bits = (int)(count & 3) * 8;
        return BitConverter.IsLittleEndian ? BitOperations.RotateRight(key, bits) : BitOperations.RotateLeft(key, bits);
    }

    private static bool CopyMedium(ref byte from, ref byte to, nuint length, uint key)
    {
        var wide = Widen(key);
        ulong seen = 0;
        nuint i = 0;
        var last = length - 8;
        for (; i < last; i += 8)
        {
            seen |= CopyWord(ref from, ref to, i, wide);
        }

        seen |= CopyWord(ref from, ref to, last, Widen(Rotate(key, (long)last)));
        return (seen & HighBits) == 0;
    }

    private static bool CopyLong(ref byte from, ref byte to, nuint length, uint key)
    {
        var last = length - (nuint)Vector256<byte>.Count;
        var wide = Vector256.Create(key).AsByte();
        var seen = Vector256<byte>.Zero;
        for (nuint i = 0; i < last; i += (nuint)Vector256<byte>.Count)
        {
            var value = Vector256.LoadUnsafe(ref from, i) ^ wide;
            value.StoreUnsafe(ref to, i);
            seen |= value;
        }

        var end = Vector256.LoadUnsafe(ref from, last) ^ Vector256.Create(Rotate(key, (long)last)).AsByte();
        end.StoreUnsafe(ref to, last);
        return (seen | end).ExtractMostSignificantBits() == 0;
    }

    private static ulong CopyWord(ref byte from, ref byte to, nuint offset, ulong key)
    {
        var value = Unsafe.ReadUnaligned<ulong>(ref Unsafe.Add(ref from, offset)) ^ key;
        Unsafe.WriteUnaligned(ref Unsafe.Add(ref to, offset), value);
        return value;
    }

    private static ulong Widen(uint key) => ((ulong)key << 32) | key;

    private static byte KeyByte(uint key, nuint index) => (byte)Rotate(BitConverter.IsLittleEndian ? key : BitOperations.RotateLeft(key, 8), (long)index);
}
