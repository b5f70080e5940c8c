using System.Security.Cryptography;
using System.Text;

namespace RealtimeGateway.Signing;

/// <summary>
/// Remembers derived signing keys, which stay the same for a credential, day, region and service. Bounded; safe for any number of threads.
/// </summary>
/// <remarks>
/// A fleet uses a handful of keys a day, so that a small array searched from the front beats a dictionary and needs no key object.
/// A writer replaces the array; losing a race only derives one key again.
/// </remarks>
internal sealed class SigningKeyCache
{
    /// <summary>Bytes in a signing key.</summary>
    public const int KeySize = HMACSHA256.HashSizeInBytes;

    private const int Capacity = 32;

    private volatile Entry[] _entries = [];

    /// <summary>Copies the remembered key into <paramref name="key"/>, or derives it.</summary>
    /// <param name="credential">Whose secret.</param>
    /// <param name="date">The day as <c>yyyyMMdd</c>.</param>
    /// <param name="region">The region of the scope.</param>
    /// <param name="service">The service of the scope.</param>
    /// <param name="key">Receives <see cref="KeySize"/> bytes.</param>
    /// <returns>Whether the key was remembered; when not, <see cref="Remember"/> keeps it.</returns>
    public bool GetOrDerive(
        AwsCredential credential, ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service, Span<byte> key)
    {
        foreach (var entry in _entries)
        {
            if (entry.Matches(credential, date, region, service))
            {
                entry.Key.CopyTo(key);
                return true;
            }
        }

        Derive(credential.SecretAccessKey, date, region, service, key);
        return false;
    }

    /// <summary>Keeps a key. A verifier calls this only after a signature proved right, so that strangers cannot push keys out.</summary>
    public void Remember(
        AwsCredential credential, ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service, ReadOnlySpan<byte> key)
    {
        var old = _entries;
        var entries = new Entry[Math.Min(old.Length + 1, Capacity)];
        entries[0] = new Entry(credential, date.ToString(), region.ToString(), service.ToString(), key.ToArray());
        old.AsSpan(0, entries.Length - 1).CopyTo(entries.AsSpan(1));
        _entries = entries;
    }

    private static void Derive(
        string secret, ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service, Span<byte> key)
    {
        var text = new CanonicalBuffer(stackalloc byte[256]);
        try
        {
            text.Append("AWS4"u8);
            text.Append(secret);
            var secretLength = text.Length;
            text.Append(date);
            HMACSHA256.HashData(text.Written[..secretLength], text.Written[secretLength..], key);
            Step(region, key);
            Step(service, key);
            HMACSHA256.HashData(key, "aws4_request"u8, key);
        }
        finally
        {
            text.Dispose();
        }
    }

    private static void Step(ReadOnlySpan<char> value, Span<byte> key)
    {
        Span<byte> utf8 = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(value, utf8);
        HMACSHA256.HashData(key, utf8[..length], key);
    }

    private sealed record Entry(AwsCredential Credential, string Date, string Region, string Service, byte[] Key)
    {
        public bool Matches(AwsCredential credential, ReadOnlySpan<char> date, ReadOnlySpan<char> region, ReadOnlySpan<char> service) =>
            string.Equals(Credential.AccessKeyId, credential.AccessKeyId, StringComparison.Ordinal)
            && string.Equals(Credential.SecretAccessKey, credential.SecretAccessKey, StringComparison.Ordinal)
            && date.SequenceEqual(Date) && region.SequenceEqual(Region) && service.SequenceEqual(Service);
    }
}
