namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>Who is told of ends, and who is taken for dead: P7 and the rules of reaping.</summary>
internal static class DisconnectLaws
{
    /// <summary>How long a node must have seen the backplane healthy before it may bury, with a little less for clocks that run fast.</summary>
    private const long Health = 23 * Laws.Second / 2;

    /// <summary>How long it may take a node to see that the backplane is back: an attempt in vain and the rest after it.</summary>
    private const long RenewalRetry = 3 * Laws.Second / 2;

    /// <summary>How long a node waits for the answer to a command.</summary>
    private const long CommandTimeout = 2 * Laws.Second;

    /// <summary>
    /// P7. One <c>$disconnect</c> for each connection that ended, none before its end, all with one event id, a second one only where the first teller died,
    /// stood still or was cut off before the record was gone, or where the backplane lost what it had been told of it.
    /// </summary>
    public static void OncePerConnection(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            foreach (var telling in connection.Tellings.Where(telling => telling.BeganAt < connection.EndedAt))
            {
                violations.Add($"P7: node {telling.Node} told the end of {connection.Id} at {Laws.Print(telling.BeganAt)}; it ended at {Laws.Print(connection.EndedAt)}");
            }

            if (connection.Tellings.Select(static telling => telling.EventId).Distinct().Count() > 1)
            {
                violations.Add($"P7: the end of {connection.Id} was told under different event ids");
            }

            for (var i = 1; i < connection.Tellings.Count; i++)
            {
                if (!MayRepeat(story, connection, connection.Tellings[i - 1], connection.Tellings[i]))
                {
                    violations.Add($"P7: the end of {connection.Id} was told by node {connection.Tellings[i - 1].Node} and again at {Laws.Print(connection.Tellings[i].BeganAt)} by node {connection.Tellings[i].Node}");
                }
            }

            if (connection is { EndedAt: not long.MaxValue, Tellings.Count: 0 } && connection.EndedAt < story.SettlingAt && !MayBeForgotten(story, connection))
            {
                violations.Add($"P7: the end of {connection.Id} at {Laws.Print(connection.EndedAt)} was never told");
            }
        }
    }

    /// <summary>P7. Where nothing else is wrong an end is told within 1 s, and within 15 s of a node's death; within 30 s of the next start that lasts when all died.</summary>
    public static void InTime(FleetStory story, List<string> violations)
    {
        if (!story.IsCalm)
        {
            return;
        }

        foreach (var connection in story.Connections.Where(static connection => connection is { EndedAt: not long.MaxValue, Tellings.Count: > 0 }))
        {
            var told = connection.Tellings[0].BeganAt;
            var from = connection.EndedAt;
            var diedAt = story.Node(connection.Node).CrashedAt;
            var bound = diedAt > told ? 1 : story.HasSurvivor(from - Health, told) ? 15 : 30;
            from = diedAt <= told ? diedAt : from;
            var startedAt = bound == 30 ? story.Nodes.Where(node => node.GoneAt > told).Select(static node => node.JoinedAt).Where(at => at >= from).DefaultIfEmpty(long.MaxValue).Min() : from;
            if (startedAt != long.MaxValue && told - startedAt > bound * Laws.Second && story.IsQuiet(from - (13 * Laws.Second), told))
            {
                violations.Add($"P7: the end of {connection.Id} at {Laws.Print(connection.EndedAt)} was told at {Laws.Print(told)} only");
            }
        }
    }

    /// <summary>
    /// Only who is dead, stood still or was cut off for long enough to lose its lease is condemned, and nobody who lives within two lease times of a loss of
    /// the backplane's data.
    /// </summary>
    public static void OnlyTheDeadAreBuried(FleetStory story, List<string> violations)
    {
        foreach (var node in story.Nodes)
        {
            foreach (var (incarnation, at) in node.Incarnations)
            {
                if (at == long.MaxValue)
                {
                    continue;
                }

                if (node.GoneAt > at && !WasAway(story, node, at))
                {
                    violations.Add($"Reaping: node {node.Node} ({incarnation:x8}) was condemned at {Laws.Print(at)}, and it is well");
                }

                if (node.GoneAt > at && story.RunChanges.Exists(change => at > change && at - change < Health))
                {
                    violations.Add($"Reaping: node {node.Node} was condemned at {Laws.Print(at)}, right after the backplane had lost data");
                }
            }
        }
    }

    /// <summary>In the end the records are those of the open connections, and what was condemned is closed.</summary>
    public static void WholeInTheEnd(FleetStory story, List<string> violations)
    {
        if (story.SettledAt == long.MaxValue)
        {
            return;
        }

        foreach (var connection in story.Connections)
        {
            var isOpen = connection.EndedAt == long.MaxValue;
            if (connection.HasRecordAt(story.SettledAt) != isOpen)
            {
                violations.Add($"Records: {connection.Id} is {(isOpen ? "open and has no record" : "gone and has a record")} in the end");
            }

            if (!isOpen && connection.OwnerEndedAt == long.MaxValue)
            {
                violations.Add($"Fencing: {connection.Id} was condemned at {Laws.Print(connection.EndedAt)}, and its node never closed it");
            }
        }
    }

    private static bool MayRepeat(FleetStory story, ConnectionStory connection, Telling first, Telling second)
    {
        if (story.RunChanges.Exists(at => at >= first.BeganAt && at <= second.BeganAt))
        {
            // The backplane has lost that it was told.
            return true;
        }

        // Stopped before it heard that the record was written, the owner rather tells twice than never.
        var writtenAt = connection.Records.Find(static record => record.IsThere).At;
        if ((first.Node == connection.Node || second.Node == connection.Node) && story.Node(connection.Node).Faults.Exists(fault => fault.Meets(writtenAt, writtenAt + (3 * Laws.Second))))
        {
            return true;
        }

        // Condemned before it heard that: the same.
        if (first.Node == connection.Node
            && connection.CondemnedAt <= connection.OwnerEndedAt
            && connection.Records.Exists(record => record.IsThere && record.At <= connection.OwnerEndedAt && connection.OwnerEndedAt - record.At <= CommandTimeout))
        {
            return true;
        }

        if (story.Node(first.Node).WasSuspended(first.BeganAt, first.BeganAt)
            || story.Node(second.Node).WasSuspended(second.BeganAt, second.BeganAt)
            || story.Node(connection.Node).WasSuspended(connection.OpenedAt, connection.OpenedAt))
        {
            // It takes its lease for fresh: it tells, and it writes records which it may never hear to be written.
            return true;
        }

        var teller = story.Node(first.Node);
        if (teller.GoneAt >= first.BeganAt && teller.GoneAt <= second.BeganAt)
        {
            return connection.HasRecordAt(teller.GoneAt);
        }

        return teller.Faults.Exists(fault => fault.Meets(first.BeganAt, second.BeganAt));
    }

    /// <summary>Nobody can tell what nobody knows: the node died before the record was kept, for which the backplane was to blame, or the backplane lost it after the death.</summary>
    private static bool MayBeForgotten(FleetStory story, ConnectionStory connection)
    {
        var owner = story.Node(connection.Node);
        // One that had to leave while the backplane was away, or before it tried that again, has left its ends to those who have the records.
        var leftAt = story.BackplaneFaults.Exists(fault => fault.Meets(owner.LeftAt - RenewalRetry, owner.LeftAt)) ? owner.LeftAt : long.MaxValue;
        var from = connection.EndedWithNode ? connection.EndedAt : Math.Min(owner.CrashedAt, leftAt);
        if (from == long.MaxValue)
        {
            return false;
        }

        if (story.RunChanges.Exists(at => at >= from))
        {
            return true;
        }

        return !connection.HasRecordAt(from) && (!story.IsCalm || !story.IsQuiet(from - (10 * Laws.Second), from));
    }

    /// <summary>Whether a node's own trouble, together with what the backplane adds to it, has kept it from its lease.</summary>
    private static bool WasAway(FleetStory story, NodeStory node, long at)
    {
        var from = at;
        var to = at;
        var isOwn = false;
        // Backwards from the condemnation through troubles that follow each other closely: between them there was no time to renew.
        foreach (var (trouble, own) in node.Faults.Select(static fault => (fault, true))
            .Concat(story.BackplaneFaults.Select(static fault => (fault, false)))
            .Where(pair => pair.fault.From < at)
            .OrderByDescending(static pair => pair.fault.To))
        {
            if (trouble.To < from - (5 * Laws.Second / 2))
            {
                break;
            }

            from = Math.Min(from, trouble.From);
            isOwn |= own;
        }

        return isOwn && to - from >= 3 * Laws.Second;
    }
}
