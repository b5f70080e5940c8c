using System.Buffers;
using System.Buffers.Text;
using System.Text;
using System.Text.Json;
using RealtimeGateway.Buffers;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Management;

/// <summary>
/// The body of a push to many: <c>{"connectionIds": ["…", …], "data": "text"}</c>, or <c>"base64"</c> in place of <c>"data"</c> for bytes. Both members once,
/// in any order, and no others. Dispose of it to give its memory back.
/// </summary>
internal sealed class ManyPushesBody : IDisposable
{
    /// <summary>The most connections of one call.</summary>
    public const int MaxIds = 10_000;

    /// <summary>What an id takes at most, in bytes: with each of its characters escaped it would take more, but nobody escapes more than the two at its end.</summary>
    private const int MaxIdBytes = 64;

    /// <summary>The most that one byte of a message can take: a control character is written as <c>\u0001</c>.</summary>
    private const int MaxEscapedBytes = 6;

    private readonly PooledBufferWriter _payload = new();
    private ConnectionId[] _ids = ArrayPool<ConnectionId>.Shared.Rent(256);
    private int _count;
    private bool _hasIds;
    private bool _hasPayload;

    /// <summary>The connections, in the order of the call.</summary>
    public ReadOnlyMemory<ConnectionId> Ids => _ids.AsMemory(0, _count);

    /// <summary>The message.</summary>
    public ReadOnlyMemory<byte> Payload => _payload.WrittenMemory;

    /// <summary>Whether the message was given as bytes.</summary>
    public bool IsBase64 { get; private set; }

    /// <summary>How big a body may be in which the message has at most <paramref name="maxMessageBytes"/>.</summary>
    public static long MaxBytes(long maxMessageBytes) => (MaxIds * MaxIdBytes) + (maxMessageBytes * MaxEscapedBytes) + 1_024;

    /// <summary>Reads the body.</summary>
    /// <param name="body">JSON in UTF-8.</param>
    /// <returns>What is wrong with it, and where; null when nothing is.</returns>
    public string? Read(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        try
        {
            return ReadObject(ref reader);
        }
        catch (JsonException exception)
        {
            return $"The body is not JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1}.";
        }
        catch (InvalidOperationException)
        {
            // So says the reader of a string that is no UTF-8, or has half of a surrogate pair.
            return $"The string at byte {reader.TokenStartIndex + 1} of the body is not Unicode text.";
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _payload.Dispose();
        ArrayPool<ConnectionId>.Shared.Return(_ids);
        _ids = [];
        _count = 0;
    }

    private string? ReadObject(ref Utf8JsonReader reader)
    {
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return "The body is not a JSON object.";
        }

        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (ReadMember(ref reader) is { } mistake)
            {
                return mistake;
            }
        }

        // Past the end of the object: throws when anything but white space follows.
        _ = reader.Read();
        return !_hasIds ? "connectionIds is missing."
            : !_hasPayload ? "data is missing, or base64 in its place."
            : null;
    }

    private string? ReadMember(ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("connectionIds"u8))
        {
            return _hasIds ? "connectionIds is there twice." : ReadIds(ref reader);
        }

        if (!reader.ValueTextEquals("data"u8) && !reader.ValueTextEquals("base64"u8))
        {
            return $"\"{Shorten(reader.GetString())}\" is none of connectionIds, data and base64.";
        }

        IsBase64 = reader.ValueTextEquals("base64"u8);
        var name = IsBase64 ? "base64" : "data";
        if (_hasPayload)
        {
            return $"{name}: The message is there already.";
        }

        _hasPayload = true;
        if (!reader.Read() || reader.TokenType != JsonTokenType.String)
        {
            return $"{name} is not a string.";
        }

        return ReadPayload(ref reader);
    }

    private string? ReadPayload(ref Utf8JsonReader reader)
    {
        var room = _payload.GetSpan(reader.ValueSpan.Length);
        var written = reader.CopyString(room);
        if (IsBase64 && Base64.DecodeFromUtf8InPlace(room[..written], out written) != OperationStatus.Done)
        {
            return "base64 is not Base64.";
        }

        _payload.Advance(written);
        return null;
    }

    private string? ReadIds(ref Utf8JsonReader reader)
    {
        _hasIds = true;
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray)
        {
            return "connectionIds is not an array.";
        }

        Span<char> text = stackalloc char[MaxIdBytes];
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            if (_count == MaxIds)
            {
                return $"connectionIds[{MaxIds}]: There may be {MaxIds} of them.";
            }

            if (reader.TokenType != JsonTokenType.String)
            {
                return $"connectionIds[{_count}] is not a string.";
            }

            if (reader.ValueSpan.Length > text.Length || !ConnectionId.TryParse(text[..reader.CopyString(text)], out var id))
            {
                return $"connectionIds[{_count}]: Invalid connectionId: {Shorten(reader.GetString())}";
            }

            Add(id);
        }

        return null;
    }

    private void Add(ConnectionId id)
    {
        if (_count == _ids.Length)
        {
            var more = ArrayPool<ConnectionId>.Shared.Rent(_count * 2);
            _ids.CopyTo(more, 0);
            ArrayPool<ConnectionId>.Shared.Return(_ids);
            _ids = more;
        }

        _ids[_count++] = id;
    }

    private static string Shorten(string? text) => text is { Length: > MaxIdBytes } ? $"{text.AsSpan(0, MaxIdBytes)}…" : text ?? "";
}
