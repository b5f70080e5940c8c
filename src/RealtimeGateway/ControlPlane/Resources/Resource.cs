using System.Text.Json.Serialization;

namespace RealtimeGateway.ControlPlane.Resources;

/// <summary>Something that tools create, read, update and delete. Immutable: a change makes a new record. Members that are not set are absent from its JSON.</summary>
internal abstract record Resource
{
    /// <summary>Names it within its collection.</summary>
    [JsonIgnore]
    public string Id => OwnId;

    /// <summary>The member that is the id.</summary>
    [JsonIgnore]
    protected abstract string OwnId { get; }
}
