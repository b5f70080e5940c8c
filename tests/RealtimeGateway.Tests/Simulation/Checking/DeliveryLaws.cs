namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>What becomes of messages: P1, P2, P3, P6, and that a 503 is honest.</summary>
internal static class DeliveryLaws
{
    /// <summary>How much later than 3 s after it was sent a message may be written: what clocks drift, the usual way takes, and a slow client has the queue wait.</summary>
    private const long LateSlack = Laws.Second / 2;

    /// <summary>
    /// P1. A message that was answered 200 is received, unless its connection ended. From a connection that ended nothing is missing before something
    /// that was sent after the 200: that would be a hole and not an end.
    /// </summary>
    public static void NoSilentLoss(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            var received = connection.Received.Select(static item => item.Message).ToHashSet();
            foreach (var call in PostsDone(connection).Where(call => !received.Contains(call.Number)))
            {
                if (connection is { EndedAt: long.MaxValue, OwnerEndedAt: long.MaxValue, ClientClosedAt: long.MaxValue })
                {
                    violations.Add($"P1: message {call.Number} was answered 200 at {Laws.Print(call.DoneAt)} and never reached {connection.Id}, which is open");
                }
                else if (connection.Received.Exists(item => story.FindCall(item.Message)?.BeganAt > call.DoneAt))
                {
                    violations.Add($"P1: message {call.Number} was answered 200 at {Laws.Print(call.DoneAt)}; {connection.Id} got later ones and not this one");
                }
            }
        }
    }

    /// <summary>P2. No client gets a message twice, however often it was posted under its name.</summary>
    public static void NoDuplicates(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            var received = new HashSet<long>();
            foreach (var (message, at) in connection.Received.Where(item => !received.Add(item.Message)))
            {
                violations.Add($"P2: {connection.Id} got message {message} again at {Laws.Print(at)}");
            }
        }
    }

    /// <summary>P3. What was posted after the 200 of another comes after it.</summary>
    public static void Order(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            var latestBegin = (At: long.MinValue, Message: 0L);
            // Going through what came in order: nothing may have been done before the latest beginning among those that came before it.
            foreach (var (message, _) in connection.Received)
            {
                if (story.FindCall(message) is not { } call)
                {
                    continue;
                }

                if (call.DoneAt < latestBegin.At)
                {
                    violations.Add($"P3: {connection.Id} got {message}, done at {Laws.Print(call.DoneAt)}, after {latestBegin.Message}, begun at {Laws.Print(latestBegin.At)}");
                }

                if (call.BeganAt > latestBegin.At)
                {
                    latestBegin = (call.BeganAt, message);
                }
            }
        }
    }

    /// <summary>503 says "certainly not queued", 410 "gone" and 429 "nothing was queued": a message with no other answer is never received.</summary>
    public static void HonestRefusal(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            foreach (var (message, at) in connection.Received)
            {
                if (story.FindCall(message) is { } call && call.Attempts.TrueForAll(static attempt => attempt.Status is 503 or 410 or 429))
                {
                    violations.Add($"P1: {connection.Id} got message {message} at {Laws.Print(at)} though it was always answered {call.Attempts[^1].Status}");
                }
            }
        }
    }

    /// <summary>P6. What another node sent reaches its connection at most 3 s after the sending, however long the bus held it. A machine that was suspended with its clock does not know how old is what waited.</summary>
    public static void LateIsNever(FleetStory story, List<string> violations)
    {
        foreach (var connection in story.Connections)
        {
            foreach (var (message, at) in connection.Queued)
            {
                if (story.FindCall(message) is { } call && !CameInTime(connection, call, at) && !story.Node(connection.Node).WasSuspended(at, at))
                {
                    violations.Add($"P6: message {message} was queued at {Laws.Print(at)}, over 3 s after the bus had got it");
                }
            }
        }
    }

    private static bool CameInTime(ConnectionStory connection, CallStory call, long at) =>
        call.Sent.Exists(sent => sent.At <= at && at - sent.At <= (3 * Laws.Second) + LateSlack)
        // A caller that asks the owner itself, and gives up waiting while that stands still: of HTTP requests nobody knows the age.
        || call.Attempts.Exists(attempt => attempt.Node == connection.Node && attempt.BeganAt <= at && (attempt.EndedAt >= at - LateSlack || attempt.Status == 0));

    private static IEnumerable<CallStory> PostsDone(ConnectionStory connection) =>
        connection.Calls.Where(static call => call.Kind == CallKinds.Post && call.DoneAt != long.MaxValue);
}
