using System.Globalization;
using System.Text;
using Microsoft.Extensions.Logging;

namespace RealtimeGateway.Diagnostics;

/// <summary>The lines of one event in the execution log. Made only where the log is on; everything else costs one look at a null.</summary>
internal sealed partial class ExecutionTrace(ILogger log, string group, string requestId, bool isInfo, bool withPayload)
{
    /// <summary>A longer line is cut, as on AWS.</summary>
    private const int MaxBytes = 1024;

    private const string Cut = " [TRUNCATED]";

    /// <summary>Whether every step is told, so that it is worth to gather it.</summary>
    public bool IsInfo => isInfo;

    /// <summary>Whether messages and answers are told.</summary>
    public bool HasPayload => isInfo && withPayload;

    /// <summary>Tells a step.</summary>
    public void Info(string text)
    {
        if (isInfo)
        {
            Log.Line(log, group, Shorten($"({requestId}) {text}"));
        }
    }

    /// <summary>Tells what went wrong.</summary>
    public void Error(string text) => Log.Line(log, group, Shorten($"({requestId}) {text}"));

    /// <summary>Tells what is about to be sent to a back end.</summary>
    public void Request(HttpRequestMessage request, ReadOnlySpan<byte> body)
    {
        if (!isInfo)
        {
            return;
        }

        Info($"Endpoint request URI: {request.RequestUri?.GetLeftPart(UriPartial.Path)}");
        if (withPayload)
        {
            Info($"Endpoint request headers: {Print(request.Headers.NonValidated.Select(header => (header.Key, header.Value.ToString())))}");
            Info($"Endpoint request body after transformations: {Encoding.UTF8.GetString(body)}");
        }

        Info($"Sending request to {request.RequestUri?.GetLeftPart(UriPartial.Path)}");
    }

    /// <summary>Tells what a back end answered.</summary>
    public void Response(HttpResponseMessage response, ReadOnlySpan<byte> body, TimeSpan took)
    {
        if (!isInfo)
        {
            return;
        }

        Info(string.Create(CultureInfo.InvariantCulture, $"Received response. Status: {(int)response.StatusCode}, Integration latency: {took.TotalMilliseconds:F0} ms"));
        if (withPayload)
        {
            Info($"Endpoint response headers: {Print(response.Headers.NonValidated.Select(header => (header.Key, header.Value.ToString())))}");
            Info($"Endpoint response body before transformations: {Encoding.UTF8.GetString(body)}");
        }

        if (response.Headers.NonValidated.TryGetValues("x-amzn-RequestId", out var id))
        {
            Info($"AWS Integration Endpoint RequestId : {id}");
        }
    }

    private static string Print(IEnumerable<(string Name, string Value)> headers) =>
        $"{{{string.Join(", ", headers.Select(header => $"{header.Name}={(IsSecret(header.Name) ? "****" : header.Value)}"))}}}";

    /// <summary>Headers that prove who somebody is: whoever reads the log could do so as well.</summary>
    private static bool IsSecret(string name) => name.ToUpperInvariant() is
        "AUTHORIZATION" or "COOKIE" or "SET-COOKIE" or "X-API-KEY" or "X-AMZ-SECURITY-TOKEN" or "X-RG-SIGNATURE" or "PROXY-AUTHORIZATION";

    /// <summary>One line without control characters, so that nobody can forge another.</summary>
    private static string Shorten(string line)
    {
        var plain = string.Create(line.Length, line, static (chars, text) =>
        {
            for (var i = 0; i < chars.Length; i++)
            {
                chars[i] = char.IsControl(text[i]) || text[i] is '\u2028' or '\u2029' ? ' ' : text[i];
            }
        });
        if (Encoding.UTF8.GetByteCount(plain) <= MaxBytes)
        {
            return plain;
        }

        var bytes = Encoding.UTF8.GetBytes(plain);
        var end = MaxBytes;
        // Not in the middle of a character.
        while ((bytes[end] & 0xC0) == 0x80)
        {
            end--;
        }

        return Encoding.UTF8.GetString(bytes, 0, end) + Cut;
    }

    private static partial class Log
    {
        // Also for what went wrong: a client must not be able to raise the alarm.
        [LoggerMessage(EventIds.ExecutionLine, LogLevel.Information, "{Group} {Line}")]
        public static partial void Line(ILogger logger, string group, string line);
    }
}
