using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using RealtimeGateway.Cluster;

namespace RealtimeGateway.Redis;

/// <summary>How a node stands in the hash of nodes: the run, a space, and JSON that an operator can read with <c>HGETALL</c>.</summary>
internal static partial class NodeEntryFormat
{
    /// <summary>The JSON part of an entry.</summary>
    public static byte[] Write(NodeAnnouncement node) => JsonSerializer.SerializeToUtf8Bytes(
        new Body(node.Name, node.StartedAt, node.Connections, node.IsDraining), BodyContext.Default.Body);

    /// <summary>Reads an entry; <see langword="null"/> when its key names no node.</summary>
    public static NodeEntry? Read(string key, ReadOnlySpan<byte> entry, bool hasLease, bool isCondemned)
    {
        if (!uint.TryParse(key, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var incarnation) || key.Length != 8)
        {
            return null;
        }

        var space = entry.IndexOf((byte)' ');
        var run = space < 0 ? "" : System.Text.Encoding.UTF8.GetString(entry[..space]);
        // A node of a later version may say what this one cannot read. It is there all the same: left out, it would be taken for dead.
        var body = ReadBody(space < 0 ? entry : entry[(space + 1)..]);
        return new(new(incarnation, body.Name ?? key, body.StartedAt, body.Connections, body.Draining), run, hasLease, isCondemned);
    }

    private static Body ReadBody(ReadOnlySpan<byte> json)
    {
        try
        {
            return JsonSerializer.Deserialize(json, BodyContext.Default.Body);
        }
        catch (JsonException)
        {
            return default;
        }
    }

    internal readonly record struct Body(string? Name, DateTimeOffset StartedAt, int Connections, bool Draining);

    [JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
    [JsonSerializable(typeof(Body))]
    internal sealed partial class BodyContext : JsonSerializerContext;
}
