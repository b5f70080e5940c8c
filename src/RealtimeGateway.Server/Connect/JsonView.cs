using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using RealtimeGateway.Server.Client;

namespace RealtimeGateway.Server.Connect;

/// <summary>JSON for a person's eyes: indented, and names, texts and numbers told apart by colour. Numbers stand as they came.</summary>
internal static class JsonView
{
    private const int MaxDepth = 64;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = MaxDepth };

    /// <summary>The view; <see langword="null"/> when it is no JSON object or array.</summary>
    public static string? Of(ReadOnlySpan<byte> message, Palette palette)
    {
        var reader = new Utf8JsonReader(message, Reading);
        var view = new StringBuilder();
        try
        {
            while (reader.Read())
            {
                if (view.Length == 0 && reader.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
                {
                    return null;
                }

                Append(view, ref reader, palette);
            }

            return view.Length == 0 ? null : view.ToString();
        }
        catch (Exception exception) when (exception is JsonException or InvalidOperationException)
        {
            // No JSON, or a text with half a surrogate pair in it.
            return null;
        }
    }

    /// <summary>Whether the text begins an object or array and does not end it.</summary>
    public static bool IsUnfinished(string text)
    {
        if (text.TrimStart() is not ['{' or '[', ..])
        {
            return false;
        }

        var reader = new Utf8JsonReader(Encoding.UTF8.GetBytes(text), isFinalBlock: false, new JsonReaderState(Reading));
        try
        {
            while (reader.Read())
            {
                if (reader is { CurrentDepth: 0, TokenType: JsonTokenType.EndObject or JsonTokenType.EndArray })
                {
                    return false;
                }
            }

            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Append(StringBuilder view, ref Utf8JsonReader reader, Palette palette)
    {
        var isEnd = reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
        if (isEnd && view[^1] is '{' or '[')
        {
            view.Append(reader.TokenType == JsonTokenType.EndObject ? '}' : ']');
            return;
        }

        if (view.Length > 0 && view[^1] != ' ')
        {
            if (!isEnd && view[^1] is not ('{' or '['))
            {
                view.Append(',');
            }

            view.Append('\n').Append(' ', 2 * reader.CurrentDepth);
        }

        view.Append(reader.TokenType switch
        {
            JsonTokenType.StartObject => "{",
            JsonTokenType.EndObject => "}",
            JsonTokenType.StartArray => "[",
            JsonTokenType.EndArray => "]",
            JsonTokenType.PropertyName => $"{palette.Blue(Quote(reader.GetString()!))}: ",
            JsonTokenType.String => palette.Green(Quote(reader.GetString()!)),
            JsonTokenType.Number => palette.Cyan(Encoding.ASCII.GetString(reader.ValueSpan)),
            _ => palette.Magenta(Encoding.ASCII.GetString(reader.ValueSpan)),
        });
    }

    private static string Quote(string text) => Printable.OneLine($"\"{JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(text)}\"");
}
