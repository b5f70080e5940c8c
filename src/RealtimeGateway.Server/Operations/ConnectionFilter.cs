using RealtimeGateway.Apis;
using RealtimeGateway.Connections;

namespace RealtimeGateway.Server.Operations;

/// <summary>Which connections are listed.</summary>
/// <param name="Api">Only those of this API; null: all.</param>
/// <param name="Stage">Only those of this stage; null: all.</param>
internal sealed record ConnectionFilter(ApiId? Api, string? Stage)
{
    /// <summary>Whether a client is wanted.</summary>
    public bool Takes(ClientIdentity client) => (Api is null || client.ApiId == Api) && (Stage is null || client.StageName == Stage);
}
