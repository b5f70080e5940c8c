using System.Buffers;
using System.Text.Json;
using CsCheck;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.Extensions.Time.Testing;
using RealtimeGateway.Signing;

namespace RealtimeGateway.Tests.Signing;

public sealed class SigV4VerifierTests
{
    private const string Secret = "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY";
    private static readonly DateTimeOffset Then = new(2026, 9, 25, 0, 3, 4, TimeSpan.Zero);
    private static readonly AwsCredential Key = new("AKIDEXAMPLE", Secret);

    private static readonly AwsCredential Temporary =
        new("ASIAEXAMPLE", Secret, "IQoJb3JpZ2luX2Vj//////////wEaCXVzLWVhc3QtMSJ=");

    private readonly FakeTimeProvider _time = new(Then);
    private readonly SigV4Signer _signer = new();
    private readonly SigV4Verifier _verifier;

    public SigV4VerifierTests() => _verifier = new SigV4Verifier([Key, Temporary], "execute-api", null, _time);

    public static TheoryData<string, string> BotocoreRows()
    {
        var data = new TheoryData<string, string>();
        using var rows = JsonDocument.Parse(BotocoreRequests.Json);
        foreach (var row in rows.RootElement.EnumerateArray())
        {
            data.Add(row.GetProperty("name").GetString()!, row.GetRawText());
        }

        return data;
    }

    [Theory]
    [MemberData(nameof(BotocoreRows))]
    public void Verify_RequestOfBotocore_IsVerified(string name, string row)
    {
        var service = name == "control plane" ? "apigateway" : "execute-api";
        var verifier = new SigV4Verifier([Key, Temporary], service, "eu-central-1", _time);
        using var parsed = JsonDocument.Parse(row);
        var request = IncomingRequest.From(parsed.RootElement);

        Assert.Equal(SigV4Outcome.Verified, Verify(verifier, request));
        // A second time with the remembered signing key.
        Assert.Equal(SigV4Outcome.Verified, Verify(verifier, request));

        request.Target += request.Target.Contains('?', StringComparison.Ordinal) ? "&z=1" : "/z";
        Assert.Equal(SigV4Outcome.InvalidSignature, Verify(verifier, request));
    }

    [Fact]
    public void Sign_WhatBotocoreSigned_GivesTheSameSignature()
    {
        using var rows = JsonDocument.Parse(BotocoreRequests.Json);
        var row = rows.RootElement.EnumerateArray().Single(row => row.GetProperty("name").GetString() == "PostToConnection");
        var expected = IncomingRequest.From(row);
        using var request = new HttpRequestMessage(HttpMethod.Post, "https://gateway.example" + expected.Target);

        _signer.Sign(request, expected.Body, Key, "execute-api", "eu-central-1", Then);

        Assert.Equal((string?)expected.Headers.Authorization, request.Headers.NonValidated["Authorization"].ToString());
    }

    [Fact]
    public void Presign_WhatBotocoreSigned_GivesTheSameUrl()
    {
        using var rows = JsonDocument.Parse(BotocoreRequests.Json);
        var row = rows.RootElement.EnumerateArray()
            .Single(row => row.GetProperty("name").GetString() == "pre-signed with temporary credentials");

        var uri = _signer.Presign(
            HttpMethod.Get, new Uri("wss://gateway.example/prod"), Temporary, "execute-api", "eu-central-1", Then, TimeSpan.FromMinutes(15));

        Assert.Equal(row.GetProperty("target").GetString(), uri.PathAndQuery);
    }

    [Theory]
    [InlineData("/prod/@connections/L0SM9cOFvHcCIhw%3D")]
    [InlineData("/prod/%40connections/L0SM9cOFvHcCIhw=")]
    [InlineData("/a/./b/../c//d")]
    [InlineData("/?")]
    [InlineData("/%E2%82%AC/%25/%2F?x=%26&x=%3d&=v&b&b=&a+b=c+d&~._-=*'()")]
    [InlineData("/.well-known/x?X-Amz-Target=y")]
    [InlineData("/?a%2Db=1&a-b=0&a%00=%FF&=")]
    public void Verify_WhatWeSigned_IsVerified(string target)
    {
        var request = Signed(target, body: "body");

        Assert.Equal(SigV4Outcome.Verified, Verify(_verifier, request));
    }

    [Fact]
    public void Verify_AnyTargetAndBody_IsVerifiedAndNoOther()
    {
        var segment = Gen.String[Gen.Char["abcXYZ0189-._~!$&'()*+,;=:@ %/?äß€"], 0, 12].Select(Uri.EscapeDataString);
        var target = Gen.Select(
            segment.Array[0, 5], Gen.Select(segment, segment).Array[0, 6],
            (path, query) => "/" + string.Join('/', path) + "?" + string.Join('&', query.Select(pair => pair.Item1 + "=" + pair.Item2)));
        Gen.Select(target, Gen.String[0, 200]).Sample((t, body) =>
        {
            var request = Signed(t, body: body);
            Assert.Equal(SigV4Outcome.Verified, Verify(_verifier, request));
            request.Body = [.. request.Body, 0];
            Assert.Equal(SigV4Outcome.InvalidSignature, Verify(_verifier, request));
        }, iter: 300, threads: 1);
    }

    [Fact]
    public void Verify_AnyOneByteChanged_IsRefused()
    {
        const string Target = "/prod/@connections/L0SM9cOFvHcCIhw%3D";
        var request = Signed(Target, body: "payload");
        for (var i = 0; i < request.Body.Length; i++)
        {
            request.Body[i] ^= 1;
            Assert.Equal(SigV4Outcome.InvalidSignature, Verify(_verifier, request));
            request.Body[i] ^= 1;
        }

        for (var i = 1; i < Target.Length; i++)
        {
            request.Target = Target[..i] + (char)(Target[i] ^ 1) + Target[(i + 1)..];
            Assert.NotEqual(SigV4Outcome.Verified, Verify(_verifier, request));
        }

        request.Target = Target;
        var authorization = (string)request.Headers.Authorization!;
        for (var i = 0; i < authorization.Length; i++)
        {
            // The separators may have any white space around them, and digits of the signature any case.
            var changed = (char)(authorization[i] ^ 1);
            if (char.IsAsciiLetterOrDigit(authorization[i]) || char.IsAsciiLetterOrDigit(changed))
            {
                request.Headers.Authorization = authorization[..i] + changed + authorization[(i + 1)..];
                Assert.NotEqual(SigV4Outcome.Verified, Verify(_verifier, request));
            }
        }
    }

    public static TheoryData<string, string, string> BadAuthorizations() => new()
    {
        { "empty", "", nameof(SigV4Outcome.MissingAuthenticationToken) },
        { "bearer", "Bearer eyJhbGciOiJub25lIn0.e30.", nameof(SigV4Outcome.NotKeyValue) },
        { "basic", "Basic QUtJREVYQU1QTEU6c2VjcmV0", nameof(SigV4Outcome.NotKeyValue) },
        { "scheme alone", "AWS4-HMAC-SHA256", nameof(SigV4Outcome.IncompleteSignature) },
        { "no pairs", "AWS4-HMAC-SHA256 hello", nameof(SigV4Outcome.NotKeyValue) },
        { "signature version 2", "AWS AKIDEXAMPLE:frJIUN8DYpKDtOLCwo//yllqDzg=", nameof(SigV4Outcome.NotKeyValue) },
        { "asymmetric", "AWS4-ECDSA-P256-SHA256 {credential}, {headers}, {signature}", nameof(SigV4Outcome.UnsupportedAlgorithm) },
        { "no credential", "AWS4-HMAC-SHA256 {headers}, {signature}", nameof(SigV4Outcome.IncompleteSignature) },
        { "no signed headers", "AWS4-HMAC-SHA256 {credential}, {signature}", nameof(SigV4Outcome.IncompleteSignature) },
        { "no signature", "AWS4-HMAC-SHA256 {credential}, {headers}", nameof(SigV4Outcome.IncompleteSignature) },
        { "two credentials", "AWS4-HMAC-SHA256 {credential}, {credential}, {headers}, {signature}", nameof(SigV4Outcome.IncompleteSignature) },
        { "unknown pair", "AWS4-HMAC-SHA256 {credential}, {headers}, {signature}, a=b", nameof(SigV4Outcome.IncompleteSignature) },
        { "unknown key", Alter("AKIDEXAMPLE/", "AKIDEXAMPLX/"), nameof(SigV4Outcome.UnknownAccessKey) },
        { "short scope", Alter("/aws4_request", ""), nameof(SigV4Outcome.MalformedCredential) },
        { "long scope", Alter("/aws4_request", "/x/aws4_request"), nameof(SigV4Outcome.MalformedCredential) },
        { "other terminator", Alter("aws4_request", "aws5_request"), nameof(SigV4Outcome.MalformedCredential) },
        { "no key id", Alter("=AKIDEXAMPLE/", "=/"), nameof(SigV4Outcome.MalformedCredential) },
        { "endless region", Alter("eu-central-1", new string('x', 5000)), nameof(SigV4Outcome.MalformedCredential) },
        { "other service", Alter("execute-api", "s3"), nameof(SigV4Outcome.WrongService) },
        { "other region", Alter("eu-central-1", "eu-central-2"), nameof(SigV4Outcome.InvalidSignature) },
        { "other day", Alter("/20260925/", "/20260924/"), nameof(SigV4Outcome.ScopeDateMismatch) },
        { "host not signed", Alter("host;", ""), nameof(SigV4Outcome.HostNotSigned) },
        { "header more", Alter("host;", "host;x-amz-a;"), nameof(SigV4Outcome.InvalidSignature) },
        { "header twice", Alter("host;", "host;host;"), nameof(SigV4Outcome.InvalidSignature) },
        { "headers unsorted", Alter("host;x-amz-date", "x-amz-date;host"), nameof(SigV4Outcome.InvalidSignature) },
        { "header in capitals", Alter("host;x-amz-date", "host;X-Amz-Date"), nameof(SigV4Outcome.InvalidSignature) },
        { "line end in a header's name", Alter("host;x-amz-date", "host;x-amz-date:a\nb"), nameof(SigV4Outcome.InvalidSignature) },
        { "short signature", "AWS4-HMAC-SHA256 {credential}, {headers}, Signature=00", nameof(SigV4Outcome.InvalidSignature) },
        { "no hexadecimal", "AWS4-HMAC-SHA256 {credential}, {headers}, Signature=" + new string('g', 64), nameof(SigV4Outcome.InvalidSignature) },
    };

    [Theory]
    [MemberData(nameof(BadAuthorizations))]
    public void Verify_BadAuthorization_IsRefusedWith403(string name, string authorization, string expected)
    {
        Assert.NotEmpty(name);
        var request = Signed("/prod/@connections/a%3D", body: "x");
        var parts = ((string)request.Headers.Authorization!)["AWS4-HMAC-SHA256 ".Length..].Split(", ");
        const string Alteration = "alter:";
        request.Headers.Authorization = authorization.StartsWith(Alteration, StringComparison.Ordinal)
            ? ((string)request.Headers.Authorization!).Replace(
                authorization[Alteration.Length..].Split('>')[0], authorization[Alteration.Length..].Split('>')[1], StringComparison.Ordinal)
            : authorization.Replace("{credential}", parts[0], StringComparison.Ordinal)
                .Replace("{headers}", parts[1], StringComparison.Ordinal).Replace("{signature}", parts[2], StringComparison.Ordinal);

        var outcome = Verify(_verifier, request);

        Assert.Equal(expected, outcome.ToString());
        Assert.NotEmpty(SigV4Refusal.Of(outcome).Message);
        Assert.Equal(403, SigV4Refusal.StatusCode);
    }

    [Fact]
    public void Verify_NoOrTwoAuthorizations_IsRefused()
    {
        var request = Signed("/");
        var authorization = (string)request.Headers.Authorization!;
        request.Headers.Authorization = new[] { authorization, authorization };
        Assert.Equal(SigV4Outcome.NotKeyValue, Verify(_verifier, request));

        request.Headers.Remove("Authorization");
        Assert.Equal(SigV4Outcome.MissingAuthenticationToken, Verify(_verifier, request));
        Assert.Equal("Missing Authentication Token", SigV4Refusal.Of(SigV4Outcome.MissingAuthenticationToken).Message);
    }

    [Theory]
    [InlineData(-299, nameof(SigV4Outcome.Verified))]
    [InlineData(299, nameof(SigV4Outcome.Verified))]
    [InlineData(301, nameof(SigV4Outcome.Expired))]
    [InlineData(-301, nameof(SigV4Outcome.NotYetCurrent))]
    public void Verify_Skewed_HoldsForFiveMinutes(int seconds, string expected)
    {
        // Signed at noon, so that the day of the scope stays.
        var noon = Then.AddHours(12);
        var request = Signed("/", at: noon);
        var verifier = new SigV4Verifier([Key], "execute-api", null, new FakeTimeProvider(noon.AddSeconds(seconds)));

        AssertOutcome(expected, Verify(verifier, request));
    }

    [Fact]
    public void Verify_Dates_MustBeOneAndWellFormed()
    {
        var request = Signed("/");
        request.Headers["X-Amz-Date"] = new[] { "20260925T000304Z", "20260925T000304Z" };
        Assert.Equal(SigV4Outcome.MalformedDate, Verify(_verifier, request));
        request.Headers["X-Amz-Date"] = "2026-09-25T00:03:04Z";
        Assert.Equal(SigV4Outcome.MalformedDate, Verify(_verifier, request));
        request.Headers.Remove("X-Amz-Date");
        Assert.Equal(SigV4Outcome.MissingDate, Verify(_verifier, request));
        request.Headers.Date = "Fri, 25 Sep 2026 00:03:04 GMT";
        Assert.Equal(SigV4Outcome.InvalidSignature, Verify(_verifier, request));
        request.Headers.Date = "yesterday";
        Assert.Equal(SigV4Outcome.MalformedDate, Verify(_verifier, request));
    }

    [Fact]
    public void Verify_OtherRegionThanConfigured_IsRefused()
    {
        var verifier = new SigV4Verifier([Key], "execute-api", "us-east-1", _time);

        Assert.Equal(SigV4Outcome.WrongRegion, Verify(verifier, Signed("/")));
    }

    [Fact]
    public void Begin_DeclaredHashWithBadSignature_IsRefusedBeforeTheBody()
    {
        var request = Signed("/", body: "x", declaredPayload: "2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881");
        Assert.Equal(SigV4Outcome.BodyPending, _verifier.Begin(request.Build(), out _));

        request.Headers["x-amz-content-sha256"] = new string('0', 64);
        Assert.Equal(SigV4Outcome.InvalidSignature, _verifier.Begin(request.Build(), out _));
    }

    [Theory]
    [InlineData("UNSIGNED-PAYLOAD", "", nameof(SigV4Outcome.Verified))]
    [InlineData("UNSIGNED-PAYLOAD", "x", nameof(SigV4Outcome.InvalidSignature))]
    [InlineData("STREAMING-AWS4-HMAC-SHA256-PAYLOAD", "x", nameof(SigV4Outcome.InvalidSignature))]
    [InlineData("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "x", nameof(SigV4Outcome.Verified))]
    [InlineData("2d711642b726b04401627ca9fbac32f5c8530fb1903cc4db02258717921a4881", "y", nameof(SigV4Outcome.InvalidSignature))]
    public void Verify_DeclaredPayload_MustBeTheBody(string declared, string body, string expected) =>
        AssertOutcome(expected, Verify(_verifier, Signed("/", body: body, declaredPayload: declared)));

    [Fact]
    public void Complete_SegmentedBody_IsHashedAsOne()
    {
        var request = Signed("/", body: "segmented").Build();
        Assert.Equal(SigV4Outcome.BodyPending, _verifier.Begin(request, out var claim));
        var first = new Segment("seg"u8.ToArray(), null);
        var last = new Segment("mented"u8.ToArray(), first);

        Assert.Equal(SigV4Outcome.Verified, _verifier.Complete(request, claim, new ReadOnlySequence<byte>(first, 0, last, 6)));
        Assert.Equal(SigV4Outcome.InvalidSignature, _verifier.Complete(request, claim, new ReadOnlySequence<byte>(first, 0, last, 5)));
    }

    [Fact]
    public void Verify_SessionToken_MustBeTheConfiguredOne()
    {
        var request = Signed("/", credential: Temporary);
        Assert.Equal(SigV4Outcome.Verified, Verify(_verifier, request));
        request.Headers["X-Amz-Security-Token"] = "other";
        Assert.Equal(SigV4Outcome.UnknownAccessKey, Verify(_verifier, request));
        request.Headers.Remove("X-Amz-Security-Token");
        Assert.Equal(SigV4Outcome.UnknownAccessKey, Verify(_verifier, request));
    }

    [Theory]
    [InlineData(0, nameof(SigV4Outcome.Verified))]
    [InlineData(60, nameof(SigV4Outcome.Verified))]
    [InlineData(61, nameof(SigV4Outcome.Expired))]
    [InlineData(-301, nameof(SigV4Outcome.NotYetCurrent))]
    public void Verify_PresignedUrl_HoldsForItsLifetime(int seconds, string expected)
    {
        var noon = Then.AddHours(12);
        var request = Presigned(noon, TimeSpan.FromMinutes(1));
        var verifier = new SigV4Verifier([Key], "execute-api", null, new FakeTimeProvider(noon.AddSeconds(seconds)));

        AssertOutcome(expected, Verify(verifier, request));
    }

    [Theory]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=604801", nameof(SigV4Outcome.InvalidExpires))]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=0", nameof(SigV4Outcome.InvalidExpires))]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=-1", nameof(SigV4Outcome.InvalidExpires))]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=61", nameof(SigV4Outcome.InvalidSignature))]
    [InlineData("&X-Amz-Expires=60", "", nameof(SigV4Outcome.InvalidSignature))]
    [InlineData("X-Amz-Expires=60", "X-Amz-Expires=60&X-Amz-Expires=60", nameof(SigV4Outcome.IncompleteSignature))]
    [InlineData("X-Amz-Algorithm=AWS4-HMAC-SHA256", "X-Amz-Algorithm=none", nameof(SigV4Outcome.UnsupportedAlgorithm))]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=", nameof(SigV4Outcome.IncompleteSignature))]
    [InlineData("X-Amz-SignedHeaders=host", "X-Amz-SignedHeaders=x-amz-date", nameof(SigV4Outcome.HostNotSigned))]
    [InlineData("X-Amz-Date=20260925T000304Z", "X-Amz-Date=", nameof(SigV4Outcome.MissingDate))]
    [InlineData("X-Amz-Signature=", "X-Amz-Signature=0", nameof(SigV4Outcome.InvalidSignature))]
    [InlineData("AKIDEXAMPLE", "AKIDEXAMPLX", nameof(SigV4Outcome.UnknownAccessKey))]
    [InlineData("room=1", "room=2", nameof(SigV4Outcome.InvalidSignature))]
    public void Verify_AlteredPresignedUrl_IsRefused(string old, string altered, string expected)
    {
        var request = Presigned(Then, TimeSpan.FromMinutes(1));
        Assert.Contains(old, request.Target, StringComparison.Ordinal);
        request.Target = request.Target.Replace(old, altered, StringComparison.Ordinal);

        AssertOutcome(expected, Verify(_verifier, request));
    }

    [Fact]
    public void Verify_HeaderAndQuery_IsRefused()
    {
        var request = Presigned(Then, TimeSpan.FromMinutes(1));
        request.Headers.Authorization = Signed("/").Headers.Authorization;

        Assert.Equal(SigV4Outcome.IncompleteSignature, Verify(_verifier, request));
    }

    [Fact]
    public void Verify_WebSocketOverHttp2_TakesTheSignatureOfItsGet()
    {
        var incoming = Presigned(Then, TimeSpan.FromMinutes(1));
        incoming.Method = "CONNECT";
        var request = incoming.Build();
        Assert.Equal(SigV4Outcome.InvalidSignature, _verifier.VerifyWithoutBody(request, out _));

        request.HttpContext.Features.Set<IHttpExtendedConnectFeature>(new ExtendedConnect());
        Assert.Equal(SigV4Outcome.Verified, _verifier.VerifyWithoutBody(request, out _));
    }

    [Fact]
    public void Verify_TenThousandPushes_AllocatesNextToNothing()
    {
        var incoming = Signed("/prod/@connections/L0SM9cOFvHcCIhwAb_-x%3D%3D", body: new string('x', 512));
        var request = incoming.Build();
        Assert.Equal(SigV4Outcome.Verified, VerifyOnce(request, incoming.Body));
        for (var i = 0; i < 100; i++)
        {
            VerifyOnce(request, incoming.Body);
        }

        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 10_000; i++)
        {
            VerifyOnce(request, incoming.Body);
        }

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, 10_000 * 64);
    }

    [Fact]
    public void Refusal_OfEveryOutcome_HasWordsUnlessItIsNone()
    {
        foreach (var outcome in Enum.GetValues<SigV4Outcome>())
        {
            if (outcome is SigV4Outcome.Verified or SigV4Outcome.BodyPending)
            {
                Assert.Throws<System.Diagnostics.UnreachableException>(() => SigV4Refusal.Of(outcome));
            }
            else
            {
                Assert.EndsWith("Exception", SigV4Refusal.Of(outcome).ErrorType, StringComparison.Ordinal);
            }
        }

        Assert.Equal(SigV4Outcome.MissingAuthenticationToken, default);
    }

    private static void AssertOutcome(string expected, SigV4Outcome actual) => Assert.Equal(expected, actual.ToString());

    private static string Alter(string old, string altered) => $"alter:{old}>{altered}";

    private SigV4Outcome VerifyOnce(Microsoft.AspNetCore.Http.HttpRequest request, byte[] body)
    {
        var outcome = _verifier.Begin(request, out var claim);
        return outcome == SigV4Outcome.BodyPending ? _verifier.Complete(request, claim, body) : outcome;
    }

    private static SigV4Outcome Verify(SigV4Verifier verifier, IncomingRequest incoming)
    {
        var request = incoming.Build();
        var outcome = verifier.Begin(request, out var claim);
        return outcome == SigV4Outcome.BodyPending ? verifier.Complete(request, claim, incoming.Body) : outcome;
    }

    private IncomingRequest Signed(
        string target, string body = "", AwsCredential? credential = null, DateTimeOffset? at = null, string? declaredPayload = null)
    {
        var options = new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true };
        Assert.True(Uri.TryCreate("https://gateway.example" + target, options, out var uri));
        using var message = new HttpRequestMessage(HttpMethod.Post, uri);
        var bytes = System.Text.Encoding.UTF8.GetBytes(body);
        if (declaredPayload is null)
        {
            _signer.Sign(message, bytes, credential ?? Key, "execute-api", "eu-central-1", at ?? Then);
        }
        else
        {
            message.Headers.TryAddWithoutValidation("x-amz-content-sha256", declaredPayload);
            _signer.SignDeclared(message, declaredPayload, credential ?? Key, "execute-api", "eu-central-1", at ?? Then);
        }

        return IncomingRequest.From(message, bytes);
    }

    private IncomingRequest Presigned(DateTimeOffset at, TimeSpan lifetime)
    {
        var uri = _signer.Presign(HttpMethod.Get, new Uri("wss://gateway.example/prod?room=1"), Key, "execute-api", "eu-central-1", at, lifetime);
        var request = new IncomingRequest { Target = uri.PathAndQuery };
        request.Headers.Host = "gateway.example";
        return request;
    }

    private sealed class ExtendedConnect : IHttpExtendedConnectFeature
    {
        public bool IsExtendedConnect => true;

        public string? Protocol => "websocket";

        public ValueTask<Stream> AcceptAsync() => throw new NotSupportedException();
    }

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
