using System.Globalization;

namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>Judges one promise over the history of a run.</summary>
/// <param name="story">The history.</param>
/// <param name="violations">Gets a sentence for each breach.</param>
internal delegate void Law(FleetStory story, List<string> violations);

/// <summary>The promises P1 to P7 of the fleet, and what they rest on.</summary>
internal static class Laws
{
    /// <summary>One second.</summary>
    public const long Second = TimeSpan.TicksPerSecond;

    /// <summary>All of them.</summary>
    public static IReadOnlyList<Law> All { get; } =
    [
        DeliveryLaws.NoSilentLoss, DeliveryLaws.NoDuplicates, DeliveryLaws.Order, DeliveryLaws.HonestRefusal, DeliveryLaws.LateIsNever,
        TruthLaws.NoFalseGone, TruthLaws.NoFalseDone, TruthLaws.GoneStaysGone, TruthLaws.QuickTruth, TruthLaws.QuickAnswers, TruthLaws.AvailableWhenCalm,
        DisconnectLaws.OncePerConnection, DisconnectLaws.InTime, DisconnectLaws.OnlyTheDeadAreBuried, DisconnectLaws.WholeInTheEnd,
    ];

    /// <summary>Every breach of any law.</summary>
    public static List<string> Check(History history)
    {
        var story = new FleetStory(history);
        var violations = new List<string>();
        foreach (var law in All)
        {
            law(story, violations);
        }

        return violations;
    }

    /// <summary>A time for people.</summary>
    public static string Print(long at) =>
        at == long.MaxValue ? "never" : string.Create(CultureInfo.InvariantCulture, $"{at / (double)Second:F3}s");
}
