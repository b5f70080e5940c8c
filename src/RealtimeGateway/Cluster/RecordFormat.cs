using System.Buffers;
using System.Collections.Frozen;
using System.Diagnostics.CodeAnalysis;
using MessagePack;
using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Cluster;

/// <summary>
/// How the record of a connection is written: a MessagePack array, the version first, then what a <c>$disconnect</c> event shows. Nodes of a later
/// version may append members, which earlier ones do not read; what is in between never changes within a version.
/// </summary>
internal static class RecordFormat
{
    /// <summary>Another one means: written by rules that this node does not know.</summary>
    private const int Version = 1;

    private const int Members = 13;

    /// <summary>Writes a client. What events never show, such as the authorizer's usage key, is left out.</summary>
    public static byte[] Write(ClientIdentity client)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        var writer = new MessagePackWriter(buffer);
        writer.WriteArrayHeader(Members);
        writer.Write(Version);
        writer.Write(client.ApiId.ToString());
        writer.Write(client.StageName);
        writer.Write(client.DomainName);
        writer.Write(client.SourceIp);
        writer.Write(client.UserAgent);
        writer.Write(client.ConnectedAt.UtcTicks);
        writer.Write(client.Port);
        writer.Write(client.Scheme);
        Write(ref writer, client.Authorizer);
        Write(ref writer, client.Caller);
        writer.Write(client.ApiKeyId);
        writer.Write(client.ApiKey);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads a client. <see langword="false"/> for whatever no node of this version wrote; never throws.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, [NotNullWhen(true)] out ClientIdentity? client)
    {
        client = null;
        try
        {
            var reader = new MessagePackReader(bytes);
            if (reader.ReadArrayHeader() < Members || reader.ReadInt32() != Version)
            {
                return false;
            }

            if (!ApiId.TryParse(reader.ReadString(), null, out var apiId))
            {
                return false;
            }

            client = new ClientIdentity
            {
                ApiId = apiId,
                StageName = ReadText(ref reader),
                DomainName = ReadText(ref reader),
                SourceIp = ReadText(ref reader),
                UserAgent = reader.ReadString(),
                ConnectedAt = new DateTimeOffset(reader.ReadInt64(), TimeSpan.Zero),
                Port = reader.ReadInt32(),
                Scheme = ReadText(ref reader),
                Authorizer = ReadAuthorizer(ref reader),
                Caller = ReadCaller(ref reader),
                ApiKeyId = reader.ReadString(),
                ApiKey = reader.ReadString(),
            };
            return true;
        }
        catch (Exception exception) when (exception is MessagePackSerializationException or EndOfStreamException or ArgumentException or OverflowException)
        {
            // What the reader throws for bytes that are no MessagePack or of other types, and the date for ticks that are none.
            client = null;
            return false;
        }
    }

    private static void Write(ref MessagePackWriter writer, AuthorizerContext? authorizer)
    {
        if (authorizer is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(2);
        writer.Write(authorizer.PrincipalId);
        writer.WriteMapHeader(authorizer.Values.Count);
        foreach (var (name, value) in authorizer.Values)
        {
            writer.Write(name);
            writer.Write(value);
        }
    }

    private static void Write(ref MessagePackWriter writer, CallerIdentity? caller)
    {
        if (caller is null)
        {
            writer.WriteNil();
            return;
        }

        writer.WriteArrayHeader(3);
        writer.Write(caller.AccountId);
        writer.Write(caller.AccessKey);
        writer.Write(caller.UserArn);
    }

    private static AuthorizerContext? ReadAuthorizer(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        ExpectArray(ref reader, 2);
        var principal = reader.ReadString();
        var count = reader.ReadMapHeader();
        // Not of the size it claims to have: the claim may be all there is.
        var values = new Dictionary<string, string>(StringComparer.Ordinal);
        for (var i = 0; i < count; i++)
        {
            values[ReadText(ref reader)] = ReadText(ref reader);
        }

        return new AuthorizerContext { PrincipalId = principal, Values = values.ToFrozenDictionary(StringComparer.Ordinal) };
    }

    private static CallerIdentity? ReadCaller(ref MessagePackReader reader)
    {
        if (reader.TryReadNil())
        {
            return null;
        }

        ExpectArray(ref reader, 3);
        return new CallerIdentity(ReadText(ref reader), ReadText(ref reader), ReadText(ref reader));
    }

    private static void ExpectArray(ref MessagePackReader reader, int length)
    {
        if (reader.ReadArrayHeader() != length)
        {
            throw new MessagePackSerializationException("An array is not of the length that its version has.");
        }
    }

    private static string ReadText(ref MessagePackReader reader) =>
        reader.ReadString() ?? throw new MessagePackSerializationException("A text is missing.");
}
