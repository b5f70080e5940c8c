using System.Buffers;
using System.Collections.Frozen;
using CsCheck;
using MessagePack;
using RealtimeGateway.Apis;
using RealtimeGateway.Cluster;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Cluster;

public sealed class RecordFormatTests
{
    private static readonly Gen<string> Text = Gen.String[Gen.Char['\u0001', '\u07ff'], 0, 40];

    private static readonly Gen<string?> OptionalText = Gen.OneOf(Text.Select(text => (string?)text), Gen.Const((string?)null));

    private static readonly Gen<AuthorizerContext?> Authorizer = Gen.OneOf(
        Gen.Const((AuthorizerContext?)null),
        Gen.Select(OptionalText, Gen.Dictionary(Text, Text)[0, 20]).Select((principal, values) =>
            (AuthorizerContext?)new AuthorizerContext { PrincipalId = principal, Values = values.ToFrozenDictionary(StringComparer.Ordinal) }));

    private static readonly Gen<CallerIdentity?> Caller = Gen.OneOf(
        Gen.Const((CallerIdentity?)null), Gen.Select(Text, Text, Text).Select((account, key, arn) => (CallerIdentity?)new CallerIdentity(account, key, arn)));

    private static readonly Gen<ClientIdentity> Clients = Gen.Select(
        Gen.Select(Text, Text, Text, OptionalText), Gen.Select(Gen.Long[0, DateTime.MaxValue.Ticks], Gen.Int, Text), Authorizer, Caller, Gen.Select(OptionalText, OptionalText))
        .Select((texts, numbers, authorizer, caller, key) => new ClientIdentity
        {
            ApiId = ApiId.Parse("chat-1"),
            StageName = texts.Item1,
            DomainName = texts.Item2,
            SourceIp = texts.Item3,
            UserAgent = texts.Item4,
            ConnectedAt = new DateTimeOffset(numbers.Item1, TimeSpan.Zero),
            Port = numbers.Item2,
            Scheme = numbers.Item3,
            Authorizer = authorizer,
            Caller = caller,
            ApiKeyId = key.Item1,
            ApiKey = key.Item2,
        });

    [Fact]
    public void TryRead_WhatWasWritten_IsTheSame() => Clients.Sample(client =>
    {
        Assert.True(RecordFormat.TryRead(RecordFormat.Write(client), out var read));
        // The contexts have no equality of their own.
        Assert.Equal(client with { Authorizer = null }, read with { Authorizer = null });
        Assert.Equal(client.Authorizer?.PrincipalId, read.Authorizer?.PrincipalId);
        Assert.Equal(client.Authorizer?.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal), read.Authorizer?.Values.OrderBy(pair => pair.Key, StringComparer.Ordinal));
    });

    [Fact]
    public void Write_LeavesOutWhatEventsNeverShow()
    {
        var client = FleetBed.Client() with { Authorizer = new AuthorizerContext { PrincipalId = "p", UsageIdentifierKey = "hush" } };
        Assert.True(RecordFormat.TryRead(RecordFormat.Write(client), out var read));

        Assert.Null(read.Authorizer!.UsageIdentifierKey);
        Assert.Equal("p", read.Authorizer.PrincipalId);
    }

    [Fact]
    public void TryRead_MembersOfALaterVersion_AreIgnored()
    {
        var client = FleetBed.Client("later");
        var written = RecordFormat.Write(client);
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(13 + 2);
        writer.WriteRaw(written.AsSpan(1));
        writer.WriteMapHeader(1);
        writer.Write("new");
        writer.Write(true);
        writer.Write(42);
        writer.Flush();

        Assert.True(RecordFormat.TryRead(buffer.WrittenMemory, out var read));
        Assert.Equal(client, read);
    }

    [Fact]
    public void TryRead_AnotherVersion_IsRefused()
    {
        var bytes = RecordFormat.Write(FleetBed.Client());
        bytes[1] = 2;

        Assert.False(RecordFormat.TryRead(bytes, out _));
    }

    [Fact]
    public void TryRead_Garbage_IsRefusedWithoutThrowing() => Gen.Byte.Array[0, 200].Sample(bytes => { _ = RecordFormat.TryRead(bytes, out _); }, iter: 20_000);

    /// <summary>Damage reaches the members behind the header, unlike noise.</summary>
    [Fact]
    public void TryRead_DamagedOrCut_NeverThrows() =>
        Gen.Select(Clients, Gen.Int[0, 10_000], Gen.Byte, Gen.Int[0, 10_000]).Sample((client, at, value, length) =>
        {
            var bytes = RecordFormat.Write(client);
            bytes[at % bytes.Length] = value;
            RecordFormat.TryRead(bytes, out _);
            var cut = RecordFormat.Write(client).AsMemory(0, length % bytes.Length);
            Assert.False(RecordFormat.TryRead(cut, out _));
        });

    [Fact]
    public void TryRead_TicksThatAreNoTime_IsRefused()
    {
        var buffer = new ArrayBufferWriter<byte>();
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(13);
        writer.Write(1);
        foreach (var text in new[] { "chat", "prod", "host", "ip", "agent" })
        {
            writer.Write(text);
        }

        writer.Write(-1L);
        writer.Flush();

        Assert.False(RecordFormat.TryRead(buffer.WrittenMemory, out _));
    }
}
