namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>What callers are told: P4, P5, and how fast.</summary>
internal static class TruthLaws
{
    /// <summary>How long the fleet may need to be itself again after a fault.</summary>
    private const long Recovery = 5 * Laws.Second;

    /// <summary>For how long a node must have been healthy before it is sure that an absent one is dead.</summary>
    private const long Settling = 13 * Laws.Second;

    /// <summary>
    /// How long it may take until those who remember a tombstone that was lost have written it again, and all others have read it, or its node has: a renewal of
    /// each, and an attempt in vain.
    /// </summary>
    private const long Remembering = 5 * Laws.Second;

    /// <summary>
    /// P4. A connection that was open during the whole attempt does not answer 410; that of a node which has not reached the backplane since it started may, since
    /// nobody can know it.
    /// </summary>
    public static void NoFalseGone(FleetStory story, List<string> violations)
    {
        foreach (var (call, attempt) in Attempts(story))
        {
            if (attempt.Status == 410
                && story.Find(call.Connection) is { } connection
                && connection.OpenedAt <= attempt.BeganAt
                && connection.EndedAt >= attempt.EndedAt
                && story.WasAnnounced(connection, attempt.EndedAt))
            {
                violations.Add($"P4: {call.Kind} {call.Number} at {Laws.Print(attempt.EndedAt)} by node {attempt.Node}: 410 for {connection.Id}, which is open");
            }
        }
    }

    /// <summary>P5. What ended at its owner before an attempt began does not answer 200, and neither does what never was.</summary>
    public static void NoFalseDone(FleetStory story, List<string> violations)
    {
        foreach (var (call, attempt) in Attempts(story).Where(static pair => pair.Attempt.Status is 200 or 204))
        {
            if (story.Find(call.Connection) is not { } connection)
            {
                violations.Add($"P5: {call.Kind} {call.Number} was answered {attempt.Status} for a connection that never was");
            }
            else if (connection.OwnerEndedAt < attempt.BeganAt)
            {
                violations.Add($"P5: {call.Kind} {call.Number}, begun at {Laws.Print(attempt.BeganAt)}, was answered {attempt.Status}; {connection.Id} had ended at {Laws.Print(connection.OwnerEndedAt)}");
            }
        }
    }

    /// <summary>
    /// P5. After a 410 an id never answers 200 again. A node that is cut off or was stopped and does not know yet that it was condemned still answers for
    /// its own connections to those who ask itself: nobody can tell it better.
    /// One whose machine was suspended does not even know that it may be taken for dead, until its next renewal. And the tombstone may be lost before all have read
    /// it: those who have write it again. Of a node that nobody can know see <see cref="NoFalseGone"/>.
    /// </summary>
    public static void GoneStaysGone(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            var goneAt = connection.Calls
                .SelectMany(static call => call.Attempts)
                .Where(attempt => attempt.Status == 410 && story.WasAnnounced(connection, attempt.EndedAt))
                .Select(static attempt => attempt.EndedAt)
                .DefaultIfEmpty(long.MaxValue)
                .Min();
            foreach (var call in connection.Calls)
            {
                foreach (var attempt in call.Attempts.Where(attempt => attempt.Status is 200 or 204 && attempt.BeganAt > goneAt))
                {
                    if ((attempt.Node != connection.Node || !connection.EndedWithNode)
                        && !story.Node(connection.Node).WasSuspended(attempt.BeganAt, attempt.EndedAt)
                        && !story.RunChanges.Exists(at => at >= connection.CondemnedAt && attempt.BeganAt >= at && attempt.BeganAt - at <= Remembering))
                    {
                        violations.Add($"P5: {call.Kind} {call.Number} of {Laws.Print(attempt.BeganAt)} was answered {attempt.Status} after a 410 at {Laws.Print(goneAt)}");
                    }
                }
            }
        }
    }

    /// <summary>P5. Where nothing else is wrong, an ended connection answers 410 after 1 s, after 3 s when its node has left as well, after 15 s when its node was killed.</summary>
    public static void QuickTruth(FleetStory story, List<string> violations)
    {
        foreach (var (call, attempt) in Attempts(story))
        {
            if (!story.IsCalmAt(attempt.BeganAt) || attempt.Status is 410 or 0 || story.Find(call.Connection) is not { EndedAt: not long.MaxValue } connection)
            {
                continue;
            }

            var owner = story.Node(connection.Node);
            var bound = !connection.EndedWithNode && owner.GoneAt > attempt.EndedAt ? 1 : owner.CrashedAt <= attempt.EndedAt ? 15 : 3;
            var from = owner.GoneAt <= attempt.EndedAt ? owner.GoneAt : connection.EndedAt;
            if (attempt.BeganAt > from + (bound * Laws.Second)
                && story.Node(attempt.Node).JoinedAt < attempt.BeganAt - (15 * Laws.Second)
                && story.HasSurvivor(from - Settling, attempt.EndedAt)
                && story.IsQuiet(from - Settling, attempt.EndedAt))
            {
                violations.Add($"P5: {call.Kind} {call.Number} of {Laws.Print(attempt.BeganAt)} was answered {attempt.Status}; {connection.Id} had ended at {Laws.Print(connection.EndedAt)}");
            }
        }
    }

    /// <summary>503 and 504 come within 3 s, and so does everything else, unless the asked node stood still or died.</summary>
    public static void QuickAnswers(FleetStory story, List<string> violations)
    {
        foreach (var (call, attempt) in Attempts(story))
        {
            var node = story.Node(attempt.Node);
            if (attempt.EndedAt - attempt.BeganAt > (3 * Laws.Second) + (Laws.Second / 10)
                && node.GoneAt > attempt.EndedAt
                && attempt.Status != 0
                && !node.Faults.Exists(fault => fault.Meets(attempt.BeganAt, attempt.EndedAt)))
            {
                violations.Add($"Deadline: {call.Kind} {call.Number} was answered {attempt.Status} after {Laws.Print(attempt.EndedAt - attempt.BeganAt)}");
            }
        }
    }

    /// <summary>Where nothing is lost and nothing is wrong, nobody is refused.</summary>
    public static void AvailableWhenCalm(FleetStory story, List<string> violations)
    {
        foreach (var (call, attempt) in Attempts(story).Where(static pair => pair.Attempt.Status is 503 or 504))
        {
            if (story.IsCalmAt(attempt.BeganAt)
                && story.Find(call.Connection) is { } connection
                && connection.EndedAt > attempt.EndedAt
                && story.Node(attempt.Node).JoinedAt < attempt.BeganAt - (2 * Laws.Second)
                && story.IsQuiet(attempt.BeganAt - Recovery, attempt.EndedAt))
            {
                violations.Add($"Availability: {call.Kind} {call.Number} of {Laws.Print(attempt.BeganAt)} by node {attempt.Node} was answered {attempt.Status}, and nothing is wrong");
            }
        }
    }

    private static IEnumerable<(CallStory Call, Attempt Attempt)> Attempts(FleetStory story) =>
        story.Calls.SelectMany(static call => call.Attempts.Select(attempt => (call, attempt)));
}
