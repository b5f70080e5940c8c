namespace RealtimeGateway.Management;

/// <summary>Marks a POST, among its request's features, whose message was queued by an earlier one: its caller sees no difference, its metrics do.</summary>
internal sealed class RepeatedPush
{
    private RepeatedPush()
    {
    }

    /// <summary>The mark.</summary>
    public static RepeatedPush Instance { get; } = new();
}
