using System.Buffers;
using System.Buffers.Text;
using System.Text.Json;
using RealtimeGateway.Buffers;

namespace RealtimeGateway.Integrations.Lambda;

/// <summary>
/// Reads what a function behind a proxy integration returns: <c>statusCode</c>, <c>body</c>, <c>headers</c>, <c>isBase64Encoded</c>
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/set-up-lambda-proxy-integrations.html).
/// </summary>
internal static class ProxyResponse
{
    /// <summary>Reads the answer of a function.</summary>
    /// <returns>
    /// <see langword="false"/> when it is not an object with an integer <c>statusCode</c>, or a member has the wrong type: the response is malformed.
    /// </returns>
    public static bool TryRead(ReadOnlySpan<byte> json, out IntegrationOutcome outcome)
    {
        outcome = default;
        var statusCode = 0;
        var isBase64 = false;
        string? subprotocol = null;
        PooledBytes body = default;
        var hasBody = false;
        var isTaken = false;
        try
        {
            var reader = new Utf8JsonReader(json);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
            {
                return false;
            }

            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                if (reader.ValueTextEquals("statusCode"u8))
                {
                    if (!TryReadStatus(ref reader, out statusCode))
                    {
                        return false;
                    }
                }
                else if (reader.ValueTextEquals("body"u8))
                {
                    body.Dispose();
                    body = default;
                    if (!TryReadBody(ref reader, out body, out hasBody))
                    {
                        return false;
                    }
                }
                else if (reader.ValueTextEquals("isBase64Encoded"u8))
                {
                    reader.Read();
                    isBase64 = reader.TokenType == JsonTokenType.True;
                }
                else if (reader.ValueTextEquals("headers"u8))
                {
                    subprotocol = ReadSubprotocol(ref reader) ?? subprotocol;
                }
                else if (reader.ValueTextEquals("multiValueHeaders"u8))
                {
                    // Read in any case, or the reader would stay before it.
                    var ofMany = ReadSubprotocol(ref reader);
                    subprotocol ??= ofMany;
                }
                else
                {
                    reader.Skip();
                }
            }

            // A second value after the object throws in Read.
            if (reader.Read() || statusCode == 0 || (isBase64 && !TryDecode(ref body)))
            {
                return false;
            }

            outcome = new IntegrationOutcome
            {
                Status = IntegrationStatus.Answered,
                StatusCode = statusCode,
                Body = body,
                HasBody = hasBody,
                IsBinary = isBase64,
                Subprotocol = subprotocol,
            };
            return isTaken = true;
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // The latter: a name or a header that is no UTF-8, or escapes half a character.
            return false;
        }
        finally
        {
            if (!isTaken)
            {
                body.Dispose();
            }
        }
    }

    private static bool TryReadStatus(ref Utf8JsonReader reader, out int statusCode)
    {
        statusCode = 0;
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.Number => reader.TryGetInt32(out statusCode) && statusCode is >= 100 and <= 999,
            // AWS takes a number written as a string as well.
            JsonTokenType.String => Utf8Parser.TryParse(reader.ValueSpan, out statusCode, out var read)
                && read == reader.ValueSpan.Length && statusCode is >= 100 and <= 999,
            _ => false,
        };
    }

    private static bool TryReadBody(ref Utf8JsonReader reader, out PooledBytes body, out bool hasBody)
    {
        body = default;
        hasBody = false;
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null)
        {
            return true;
        }

        if (reader.TokenType != JsonTokenType.String)
        {
            return false;
        }

        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, reader.ValueSpan.Length));
        try
        {
            body = new PooledBytes(buffer, reader.CopyString(buffer));
        }
        catch (InvalidOperationException)
        {
            // A lone surrogate in an escape: no text that could be sent.
            ArrayPool<byte>.Shared.Return(buffer);
            return false;
        }

        hasBody = true;
        return true;
    }

    private static string? ReadSubprotocol(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }

        string? found = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isSubprotocol = string.Equals(reader.GetString(), "Sec-WebSocket-Protocol", StringComparison.OrdinalIgnoreCase);
            reader.Read();
            if (isSubprotocol && reader.TokenType == JsonTokenType.StartArray)
            {
                while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
                {
                    found = reader.TokenType == JsonTokenType.String ? reader.GetString() : found;
                    reader.Skip();
                }
            }
            else if (isSubprotocol && reader.TokenType == JsonTokenType.String)
            {
                found = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }

        return found;
    }

    private static bool TryDecode(ref PooledBytes body)
    {
        var text = body.Span;
        var buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, Base64.GetMaxDecodedFromUtf8Length(text.Length)));
        if (Base64.DecodeFromUtf8(text, buffer, out _, out var written) != OperationStatus.Done)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            return false;
        }

        body.Dispose();
        body = new PooledBytes(buffer, written);
        return true;
    }
}
