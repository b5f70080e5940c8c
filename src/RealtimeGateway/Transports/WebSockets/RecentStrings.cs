namespace RealtimeGateway.Transports.WebSockets;

/// <summary>Has connections share what many of them say alike, such as the name of the host, while it is said. What it keeps is bounded.</summary>
internal sealed class RecentStrings
{
    private const int Slots = 256;
    private const int MaxLength = 512;

    // Racing writers lose a chance to share, nothing else.
    private readonly string?[] _kept = new string?[Slots];

    /// <summary>The text, as the string that another connection has if there is one.</summary>
    public string Share(string text)
    {
        if (text.Length > MaxLength)
        {
            return text;
        }

        ref var slot = ref _kept[(uint)text.GetHashCode(StringComparison.Ordinal) % Slots];
        var kept = slot;
        if (kept == text)
        {
            return kept;
        }

        slot = text;
        return text;
    }
}
