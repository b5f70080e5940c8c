namespace RealtimeGateway.ControlPlane.Wire;

/// <summary>What answers call the gateway.</summary>
/// <param name="AccountId">12 digits.</param>
/// <param name="PublicUrl">Where clients reach an API: a URL with <c>{apiId}</c> in it. Asked for each answer, since a port may be bound late.</param>
/// <param name="AuthoredBy">What the configuration is called in messages, such as the name of its file.</param>
internal sealed record ControlPlaneNames(string AccountId, Func<string> PublicUrl, string AuthoredBy)
{
    /// <summary>Where clients reach an API; a stage's name follows after a slash.</summary>
    public string Endpoint(string apiId) => PublicUrl().Replace("{apiId}", apiId, StringComparison.Ordinal).TrimEnd('/');
}
