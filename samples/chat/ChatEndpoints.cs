using RealtimeGateway.Samples.Chat.Launch;

namespace RealtimeGateway.Samples.Chat;

/// <summary>The two things that answer HTTP: the page for browsers, the back end for the gateway.</summary>
internal static class ChatEndpoints
{
    public static void MapChatPage(this WebApplication app, ChatOptions options)
    {
        app.Use(async (http, next) =>
        {
            var socket = SocketFor(http.Request, options);
            http.Response.Headers.ContentSecurityPolicy =
                $"default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self' {socket.GetLeftPart(UriPartial.Authority)}; "
                + "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'";
            http.Response.Headers.XContentTypeOptions = "nosniff";
            http.Response.Headers["Referrer-Policy"] = "no-referrer";
            http.Response.Headers.CacheControl = "no-cache";
            await next(http);
        });
        app.UseDefaultFiles();
        app.UseStaticFiles();
        app.MapGet("/settings.json", (HttpRequest request) => TypedResults.Json(
            new PageSettings(SocketFor(request, options).AbsoluteUri, ChatText.MaxMessageLength, ChatText.MaxNameLength, ChatText.MaxRoomLength),
            ChatJson.Default.PageSettings));
    }

    public static void MapChatBackEnd(this WebApplication app) =>
        app.MapPost("/gateway", async (HttpContext http, GatewayCallReader calls, ChatApi chat) =>
        {
            if (await calls.ReadAsync(http.Request, http.RequestAborted) is not { } call)
            {
                http.Response.StatusCode = StatusCodes.Status401Unauthorized;
                return;
            }

            // Not bound to the request: what was begun for a room is finished, even when the gateway no longer waits for it.
            if (await chat.HandleAsync(call, CancellationToken.None) is { } frame)
            {
                http.Response.ContentType = "application/json";
                await http.Response.Body.WriteAsync(frame.ToUtf8(), http.RequestAborted);
            }
        });

    // A gateway on all interfaces is reached by the name under which the page was.
    private static Uri SocketFor(HttpRequest request, ChatOptions options)
    {
        var stage = ChatOptions.Reachable(new Uri(options.PublicUrl, "chat/prod"), request.Host.Host is { Length: > 0 } host ? host : "127.0.0.1");
        return new UriBuilder(stage) { Scheme = stage.Scheme == Uri.UriSchemeHttps ? "wss" : "ws" }.Uri;
    }
}
