using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http;
using RealtimeGateway.Deployments;
using RealtimeGateway.FrontDoor;
using RealtimeGateway.Management;
using RealtimeGateway.Transports.WebSockets;

namespace RealtimeGateway.Hosting;

/// <summary>Everything that clients and back ends ask of the data listener: finds the stage, then whose request it is.</summary>
internal sealed class DataEndpoint(ActiveStages stages, WebSocketEndpoint webSockets, ConnectionsEndpoint management, ManyConnectionsEndpoint many, CallRecorder calls, CallNames names, TrustedProxies proxies)
{
    /// <summary>Serves one request.</summary>
    public Task HandleAsync(HttpContext http)
    {
        proxies.ApplyTo(http);
        var address = stages.Table.Resolve(http.Request.Host.Value, RawPath(http));
        if (address.Slot is { } slot)
        {
            // "/{stage}/" is the same as "/{stage}".
            if (address.Rest is "" or "/" && Handshake.IsWebSocketRequest(http.Request))
            {
                return webSockets.HandleAsync(http, slot);
            }

            if (ConnectionsEndpoint.TryMatch(address.Rest, out var id))
            {
                return CallAsync(http, slot, id);
            }

            if (ManyConnectionsEndpoint.IsMatch(http.Request.Method, address.Rest))
            {
                return CallManyAsync(http, slot);
            }
        }

        return Refusal.Forbidden.WriteAsync(http, names);
    }

    private async Task CallAsync(HttpContext http, StageSlot slot, string id)
    {
        var arrivedAt = calls.Now();
        await management.HandleAsync(http, slot, id);
        calls.Record(http, slot.Current, id, arrivedAt);
    }

    private async Task CallManyAsync(HttpContext http, StageSlot slot)
    {
        var arrivedAt = calls.Now();
        var tally = await many.HandleAsync(http, slot);
        calls.Record(http, slot.Current, tally, arrivedAt);
    }

    /// <summary>The path as it came, since a decoded one no longer tells "%2F" from a slash.</summary>
    private static ReadOnlySpan<char> RawPath(HttpContext http)
    {
        var target = http.Features.Get<IHttpRequestFeature>()?.RawTarget ?? "";
        if (!target.StartsWith('/'))
        {
            // The absolute form of RFC 9112 §3.2.2; the host has been taken from it already.
            return http.Request.Path.Value;
        }

        var query = target.IndexOf('?', StringComparison.Ordinal);
        return query < 0 ? target : target.AsSpan(0, query);
    }
}
