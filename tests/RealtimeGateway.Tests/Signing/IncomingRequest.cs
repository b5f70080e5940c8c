using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace RealtimeGateway.Tests.Signing;

/// <summary>A request as Kestrel hands it over, which a test can change before it is verified.</summary>
internal sealed class IncomingRequest
{
    public string Method { get; set; } = "GET";

    public string Target { get; set; } = "/";

    public byte[] Body { get; set; } = [];

    public IHeaderDictionary Headers { get; } = new HeaderDictionary();

    public HttpRequest Build()
    {
        var context = new DefaultHttpContext();
        context.Request.Method = Method;
        context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget = Target;
        foreach (var (name, values) in Headers)
        {
            context.Request.Headers[name] = values;
        }

        return context.Request;
    }

    public static IncomingRequest From(HttpRequestMessage message, byte[] body)
    {
        var uri = message.RequestUri!;
        var request = new IncomingRequest { Method = message.Method.Method, Target = uri.PathAndQuery, Body = body };
        request.Headers.Host = message.Headers.Host ?? uri.Authority;
        foreach (var (name, values) in message.Headers.NonValidated)
        {
            request.Headers[name] = values.ToString();
        }

        if (message.Content is not null)
        {
            foreach (var (name, values) in message.Content.Headers.NonValidated)
            {
                request.Headers[name] = values.ToString();
            }
        }

        return request;
    }

    public static IncomingRequest From(JsonElement row)
    {
        var request = new IncomingRequest
        {
            Method = row.GetProperty("method").GetString()!,
            Target = row.GetProperty("target").GetString()!,
            Body = System.Text.Encoding.UTF8.GetBytes(row.GetProperty("body").GetString()!),
        };
        request.Headers.Host = row.GetProperty("host").GetString();
        foreach (var header in row.GetProperty("headers").EnumerateObject())
        {
            request.Headers[header.Name] = header.Value.GetString();
        }

        return request;
    }
}
