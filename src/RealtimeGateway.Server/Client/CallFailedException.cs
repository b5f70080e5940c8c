using System.Globalization;
using System.Net;
using System.Text.Json;

namespace RealtimeGateway.Server.Client;

/// <summary>A call that the gateway refused, or that did not reach it. The message is for the user of a command, who can do something about it.</summary>
internal sealed class CallFailedException(string message) : Exception(message)
{
    /// <summary>The refusal that an answer tells.</summary>
    public static CallFailedException Of(HttpResponseMessage response, string body)
    {
        var type = response.Headers.TryGetValues("x-amzn-ErrorType", out var values) ? values.First() : response.ReasonPhrase;
        var text = response.StatusCode == HttpStatusCode.Gone ? "the connection has ended, or never was" : Told(body);
        return new(string.Create(CultureInfo.InvariantCulture, $"{(int)response.StatusCode} {type}{(text.Length > 0 ? ": " : "")}{text}"));
    }

    private static string Told(string body)
    {
        try
        {
            using var json = JsonDocument.Parse(body);
            return json.RootElement.ValueKind == JsonValueKind.Object && json.RootElement.TryGetProperty("message", out var message) ? message.ToString() : body;
        }
        catch (JsonException)
        {
            return body;
        }
    }
}
