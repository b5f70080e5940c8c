using System.Buffers;
using System.Collections.Frozen;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;

namespace RealtimeGateway.Signing;

/// <summary>
/// Verifies AWS Signature Version 4 on incoming requests, in the <c>Authorization</c> header or in a pre-signed URL
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv.html). Immutable but for its cache; safe for any number of threads.
/// </summary>
/// <remarks>
/// <para>Two steps, so that a stranger costs no body: <see cref="Begin"/> needs the head of the request only, <c>Complete</c> its body.
/// A request that declares its body's hash (<c>x-amz-content-sha256</c>, signed) has its signature checked in the first step already.</para>
/// <para><c>UNSIGNED-PAYLOAD</c> and the streaming forms leave the body open to change and are therefore taken only for an empty body.
/// A session token is checked for keys that are configured with one and ignored for others: there the signature alone is the proof.</para>
/// <para>Signers disagree about empty and dot segments in paths and about octets that a client left unencoded in its query. Where a
/// request has such, both readings of the same bytes are tried.</para>
/// </remarks>
internal sealed class SigV4Verifier
{
    /// <summary>How far the time of a request may be from ours, both ways: 5 minutes, as on AWS.</summary>
    public static readonly TimeSpan MaxSkew = TimeSpan.FromMinutes(5);

    // The characters of header names that signers sign. A colon or a line end in a name would let lines of the canonical request shift.
    private static readonly SearchValues<char> HeaderNameCharacters = SearchValues.Create("abcdefghijklmnopqrstuvwxyz0123456789-_.");

    private readonly FrozenDictionary<string, AwsCredential> _keys;
    private readonly FrozenDictionary<string, AwsCredential>.AlternateLookup<ReadOnlySpan<char>> _keysByText;
    private readonly SigningKeyCache _signingKeys = new();
    private readonly string _service;
    private readonly string? _region;
    private readonly TimeProvider _time;

    /// <summary>Makes a verifier.</summary>
    /// <param name="keys">The access keys that are known; ids must differ.</param>
    /// <param name="service">The signing name that requests must be scoped to: <c>execute-api</c>, or <c>apigateway</c> for the control plane.</param>
    /// <param name="region">The only region that is taken; <see langword="null"/> takes any.</param>
    /// <param name="time">The clock.</param>
    public SigV4Verifier(IEnumerable<AwsCredential> keys, string service, string? region, TimeProvider time)
    {
        ArgumentNullException.ThrowIfNull(time);
        ArgumentException.ThrowIfNullOrEmpty(service);
        _keys = keys.ToDictionary(key => key.AccessKeyId, StringComparer.Ordinal).ToFrozenDictionary(StringComparer.Ordinal);
        _keysByText = _keys.GetAlternateLookup<ReadOnlySpan<char>>();
        _service = service;
        _region = region;
        _time = time;
    }

    /// <summary>Whether any access key is configured; without one every signature is refused.</summary>
    public bool HasKeys => _keys.Count > 0;

    /// <summary>Checks everything that needs no body.</summary>
    /// <returns><see cref="SigV4Outcome.BodyPending"/> with a claim for <c>Complete</c>, or a refusal.</returns>
    public SigV4Outcome Begin(HttpRequest request, out SigV4Claim claim)
    {
        ArgumentNullException.ThrowIfNull(request);
        claim = default;
        if (!CanonicalTarget.TrySplit(CanonicalReading.RawTargetOf(request), out _, out var query))
        {
            return SigV4Outcome.MissingAuthenticationToken;
        }

        var outcome = SigV4ClaimReader.Read(request, query, out var read);
        if (outcome != SigV4Outcome.BodyPending)
        {
            return outcome;
        }

        outcome = CheckScope(read, out var scopeStart, out var region);
        if (outcome == SigV4Outcome.BodyPending)
        {
            outcome = CheckSignedHeaders(read.SignedHeaders.Span, out var declaresPayload);
            if (outcome == SigV4Outcome.BodyPending)
            {
                return Identify(request, query, read, scopeStart, region, declaresPayload, out claim);
            }
        }

        return outcome;
    }

    /// <summary>Checks what <see cref="Begin"/> left open, with all of the body.</summary>
    /// <returns><see cref="SigV4Outcome.Verified"/> or <see cref="SigV4Outcome.InvalidSignature"/>.</returns>
    public SigV4Outcome Complete(HttpRequest request, in SigV4Claim claim, ReadOnlySpan<byte> body)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(body, hash);
        return Complete(request, claim, hash, body.IsEmpty);
    }

    /// <inheritdoc cref="Complete(HttpRequest, in SigV4Claim, ReadOnlySpan{byte})"/>
    public SigV4Outcome Complete(HttpRequest request, in SigV4Claim claim, in ReadOnlySequence<byte> body)
    {
        if (body.IsSingleSegment)
        {
            return Complete(request, claim, body.FirstSpan);
        }

        using var sha256 = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (var segment in body)
        {
            sha256.AppendData(segment.Span);
        }

        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        sha256.GetHashAndReset(hash);
        return Complete(request, claim, hash, body.IsEmpty);
    }

    /// <summary>Both steps at once, for a request without a body, such as a WebSocket upgrade.</summary>
    public SigV4Outcome VerifyWithoutBody(HttpRequest request, out SigV4Claim claim)
    {
        var outcome = Begin(request, out claim);
        return outcome == SigV4Outcome.BodyPending ? Complete(request, claim, []) : outcome;
    }

    private SigV4Outcome Complete(HttpRequest request, in SigV4Claim claim, ReadOnlySpan<byte> hash, bool isEmpty)
    {
        ArgumentNullException.ThrowIfNull(claim.Credential);
        Span<char> hex = stackalloc char[SHA256.HashSizeInBytes * 2];
        Convert.TryToHexStringLower(hash, hex, out _);
        if (claim.DeclaredPayload is not { } declared)
        {
            return HasSignature(request, claim, hex) ? SigV4Outcome.Verified : SigV4Outcome.InvalidSignature;
        }

        // Its signature was verified in the first step; what is left is whether the body is the declared one.
        var isBody = hex.Equals(declared, StringComparison.OrdinalIgnoreCase) || (isEmpty && LeavesBodyOpen(declared));
        return isBody ? SigV4Outcome.Verified : SigV4Outcome.InvalidSignature;
    }

    private SigV4Outcome CheckScope(in SigV4ClaimReader read, out int scopeStart, out ReadOnlyMemory<char> region)
    {
        region = default;
        var credential = read.Credential.Span;
        scopeStart = credential.IndexOf('/') + 1;
        Span<Range> parts = stackalloc Range[6];
        if (credential.Split(parts, '/') != 5 || scopeStart <= 1 || credential.Length - scopeStart > SigV4Signature.MaxScopeLength
            || credential[parts[1]].Length != 8 || credential[parts[2]].IsEmpty || !credential[parts[4]].SequenceEqual(SigV4Signature.Terminator))
        {
            return SigV4Outcome.MalformedCredential;
        }

        if (!DateTimeOffset.TryParseExact(
            read.Time.Span, SigV4Signature.TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var signedAt))
        {
            return SigV4Outcome.MalformedDate;
        }

        region = read.Credential[parts[2]];
        if (!credential[parts[3]].SequenceEqual(_service))
        {
            return SigV4Outcome.WrongService;
        }

        if (_region is not null && !region.Span.SequenceEqual(_region))
        {
            return SigV4Outcome.WrongRegion;
        }

        return credential[parts[1]].SequenceEqual(read.Time.Span[..8])
            ? CheckTime(signedAt, read.Lifetime ?? MaxSkew)
            : SigV4Outcome.ScopeDateMismatch;
    }

    private SigV4Outcome CheckTime(DateTimeOffset signedAt, TimeSpan lifetime)
    {
        var age = _time.GetUtcNow() - signedAt;
        return age > lifetime ? SigV4Outcome.Expired
            : age < -MaxSkew ? SigV4Outcome.NotYetCurrent
            : SigV4Outcome.BodyPending;
    }

    /// <summary>The list must be sorted and in lower case, as it is signed: otherwise a header could be there twice or under two names.</summary>
    private static SigV4Outcome CheckSignedHeaders(ReadOnlySpan<char> names, out bool declaresPayload)
    {
        declaresPayload = false;
        var hasHost = false;
        ReadOnlySpan<char> previous = default;
        foreach (var range in names.Split(';'))
        {
            var name = names[range];
            var isNamed = !name.IsEmpty && (name is ":authority" || !name.ContainsAnyExcept(HeaderNameCharacters));
            if (!isNamed || name.SequenceCompareTo(previous) <= 0)
            {
                return SigV4Outcome.InvalidSignature;
            }

            hasHost |= name is "host" or ":authority";
            declaresPayload |= name is "x-amz-content-sha256";
            previous = name;
        }

        return hasHost ? SigV4Outcome.BodyPending : SigV4Outcome.HostNotSigned;
    }

    private SigV4Outcome Identify(
        HttpRequest request, ReadOnlySpan<char> query, in SigV4ClaimReader read, int scopeStart, ReadOnlyMemory<char> region, bool declaresPayload,
        out SigV4Claim claim)
    {
        claim = default;
        if (!_keysByText.TryGetValue(read.Credential.Span[..(scopeStart - 1)], out var credential) || !HasToken(request, query, read, credential))
        {
            return SigV4Outcome.UnknownAccessKey;
        }

        var declared = declaresPayload ? request.Headers["x-amz-content-sha256"] : default;
        if (declaresPayload && declared.Count != 1)
        {
            return SigV4Outcome.InvalidSignature;
        }

        claim = new SigV4Claim
        {
            Credential = credential,
            Scope = read.Credential[scopeStart..],
            Region = region,
            SignedHeaders = read.SignedHeaders,
            Signature = read.Signature,
            Time = read.Time,
            IsPresigned = read.IsPresigned,
            DeclaredPayload = declaresPayload ? declared[0]?.Trim() ?? "" : null,
        };
        return claim.DeclaredPayload is null || HasSignature(request, claim, claim.DeclaredPayload)
            ? SigV4Outcome.BodyPending
            : SigV4Outcome.InvalidSignature;
    }

    private static bool HasToken(HttpRequest request, ReadOnlySpan<char> query, in SigV4ClaimReader read, AwsCredential credential)
    {
        if (credential.SessionToken is not { } expected)
        {
            return true;
        }

        string? token;
        if (!read.IsPresigned)
        {
            var values = request.Headers["X-Amz-Security-Token"];
            token = values.Count == 1 ? values[0] : null;
        }
        else if (!SigV4ClaimReader.TryGet(query, "X-Amz-Security-Token", out token))
        {
            return false;
        }

        return token is not null && CryptographicOperations.FixedTimeEquals(
            MemoryMarshal.AsBytes(token.AsSpan()),
            MemoryMarshal.AsBytes(expected.AsSpan()));
    }

    private bool HasSignature(HttpRequest request, in SigV4Claim claim, ReadOnlySpan<char> payload)
    {
        Span<byte> given = stackalloc byte[SigV4Signature.Size];
        if (claim.Signature.Length != SigV4Signature.Size * 2
            || Convert.FromHexString(claim.Signature.Span, given, out _, out _) != OperationStatus.Done)
        {
            return false;
        }

        CanonicalTarget.TrySplit(CanonicalReading.RawTargetOf(request), out var path, out var query);
        Span<byte> key = stackalloc byte[SigningKeyCache.KeySize];
        var isKnown = _signingKeys.GetOrDerive(claim.Credential, claim.Date.Span, claim.Region.Span, _service, key);
        var pathForms = CanonicalTarget.HasOddSegments(path) ? 2 : 1;
        var queryForms = query.IsEmpty ? 1 : 2;
        for (var form = 0; form < pathForms * queryForms; form++)
        {
            var reading = new CanonicalReading(path, form % pathForms == 1, query, form / pathForms == 1);
            if (!reading.Matches(request, claim, payload, key, given))
            {
                continue;
            }

            if (!isKnown)
            {
                _signingKeys.Remember(claim.Credential, claim.Date.Span, claim.Region.Span, _service, key);
            }

            return true;
        }

        return false;
    }

    private static bool LeavesBodyOpen(string payload) =>
        payload == "UNSIGNED-PAYLOAD" || payload.StartsWith("STREAMING-", StringComparison.Ordinal);
}
