using RealtimeGateway.Connections;

namespace RealtimeGateway.Tests.Simulation.Checking;

/// <summary>Every law accepts a history that is right, and rejects it after one thing in it was made wrong.</summary>
public sealed class LawsTests
{
    private const long Second = Laws.Second;
    private const uint Incarnation = 7;
    private static readonly ConnectionId Id = ConnectionId.Create(Incarnation, [1, 2, 3, 4, 5, 6, 7, 8, 9]);
    private readonly List<HistoryEntry> _entries = [];

    /// <summary>Two nodes, one connection of node 0, a message through node 1, a client that leaves, a telling, and 410 for whoever asks then.</summary>
    public LawsTests()
    {
        At(1, HistoryKind.Joined, node: 0, number: Incarnation);
        At(1, HistoryKind.Joined, node: 1, number: 8);
        At(1.1, HistoryKind.Announced, node: 0, number: Incarnation);
        At(1.1, HistoryKind.Announced, node: 1, number: 8);
        At(20, HistoryKind.RecordWritten, connection: Id);
        At(20, HistoryKind.Opened, node: 0, connection: Id);
        Call(1, began: 21, ended: 21.1, status: 200, queued: 21.05);
        Call(2, began: 22, ended: 22.1, status: 200, queued: 22.05);
        At(30, HistoryKind.ClientClosed, connection: Id, number: 1000);
        At(30, HistoryKind.Ended, node: 0, connection: Id);
        At(30.1, HistoryKind.TellBegan, node: 0, connection: Id, text: "event");
        At(30.2, HistoryKind.TellEnded, node: 0, connection: Id, text: "event");
        At(30.3, HistoryKind.RecordGone, connection: Id);
        Call(3, began: 32, ended: 32.1, status: 410, queued: null);
        At(36, HistoryKind.Settling);
        At(136, HistoryKind.Settled);
    }

    [Fact]
    public void Check_RightHistory_FindsNothing() => Assert.Empty(Check());

    [Fact]
    public void NoSilentLoss_MessageThatNeverCame_IsFound()
    {
        Drop(entry => entry.Kind == HistoryKind.Received && entry.Number == 1);
        Finds("P1: message 1");
    }

    [Fact]
    public void NoSilentLoss_OpenConnection_IsFoundWithoutLaterMessages()
    {
        Drop(static entry => entry.Kind is HistoryKind.Received or HistoryKind.Ended or HistoryKind.ClientClosed);
        Finds("P1: message 2");
    }

    [Fact]
    public void NoDuplicates_MessageThatCameTwice_IsFound()
    {
        At(23, HistoryKind.Received, connection: Id, number: 1);
        Finds("P2:");
    }

    [Fact]
    public void Order_LaterMessageFirst_IsFound()
    {
        Drop(static entry => entry.Kind == HistoryKind.Received && entry.Number == 1);
        At(23, HistoryKind.Received, connection: Id, number: 1);
        Finds("P3:");
    }

    [Fact]
    public void HonestRefusal_MessageThatWasRefusedAndCame_IsFound()
    {
        Call(4, began: 24, ended: 24.1, status: 503, queued: 24.05);
        Finds("P1: ", "though it was always answered 503");
    }

    [Fact]
    public void LateIsNever_MessageQueuedAfterFourSeconds_IsFound()
    {
        Call(4, began: 23, ended: 26, status: 504, queued: 27);
        Finds("P6: message 4");
    }

    [Fact]
    public void NoFalseGone_OpenConnection_IsFound()
    {
        Call(4, began: 24, ended: 24.1, status: 410, queued: null);
        Finds("P4: POST 4");
    }

    [Fact]
    public void NoFalseGone_OfANodeThatNobodyCanKnow_IsNotFound()
    {
        Drop(static entry => entry.Kind == HistoryKind.Announced);
        Call(4, began: 24, ended: 24.1, status: 410, queued: null);
        Assert.DoesNotContain(Check(), static violation => violation.StartsWith("P4", StringComparison.Ordinal));
    }

    [Fact]
    public void NoFalseDone_EndedConnection_IsFound()
    {
        Call(4, began: 31.5, ended: 31.6, status: 200, queued: null);
        Finds("P5: POST 4", "had ended");
    }

    [Fact]
    public void NoFalseDone_ConnectionThatNeverWas_IsFound()
    {
        At(24, HistoryKind.AttemptBegan, node: 1, connection: ConnectionId.Create(99, [9, 9, 9, 9, 9, 9, 9, 9, 9]), number: 4, text: CallKinds.Post);
        At(24.1, HistoryKind.AttemptEnded, node: 1, number: 4, status: 200);
        Finds("never was");
    }

    [Fact]
    public void GoneStaysGone_DoneAfterGone_IsFound()
    {
        Call(4, began: 33, ended: 33.1, status: 200, queued: null);
        Finds("P5: POST 4", "after a 410");
    }

    [Fact]
    public void QuickTruth_EndedForTwoSeconds_IsFound()
    {
        Call(4, began: 32.5, ended: 32.6, status: 503, queued: null);
        Finds("P5: POST 4", "503");
    }

    [Fact]
    public void QuickTruth_NodeDeadForSixteenSeconds_IsFound()
    {
        Drop(static entry => entry.At >= 25 * Second && entry.Kind is not HistoryKind.Settled);
        At(30, HistoryKind.Crashed, node: 0);
        Call(4, began: 44, ended: 44.1, status: 503, queued: null);
        Assert.DoesNotContain(Check(), static violation => violation.StartsWith("P5", StringComparison.Ordinal));

        Call(5, began: 46, ended: 46.1, status: 503, queued: null);
        Finds("P5: POST 5");
    }

    [Fact]
    public void QuickAnswers_AnswerAfterFourSeconds_IsFound()
    {
        Call(4, began: 24, ended: 28, status: 504, queued: null);
        Finds("Deadline: POST 4");
    }

    [Fact]
    public void AvailableWhenCalm_RefusedWithoutReason_IsFound()
    {
        Call(4, began: 24, ended: 24.1, status: 503, queued: null);
        Finds("Availability: POST 4");
    }

    [Fact]
    public void OncePerConnection_NeverTold_IsFound()
    {
        Drop(static entry => entry.Kind is HistoryKind.TellBegan or HistoryKind.TellEnded);
        Finds("P7: ", "never told");
    }

    [Fact]
    public void OncePerConnection_ToldTwice_IsFound()
    {
        At(31, HistoryKind.TellBegan, node: 1, connection: Id, text: "event");
        Finds("P7: ", "and again");
    }

    [Fact]
    public void OncePerConnection_ToldTwiceUnderAnotherId_IsFound()
    {
        At(31, HistoryKind.TellBegan, node: 1, connection: Id, text: "another");
        Finds("different event ids");
    }

    [Fact]
    public void OncePerConnection_ToldTwiceAfterTheTellersDeath_IsAllowedOnlyWhileItsRecordIsThere()
    {
        At(30.25, HistoryKind.Crashed, node: 0);
        At(33, HistoryKind.Condemned, node: 1, number: Incarnation);
        At(33.1, HistoryKind.TellBegan, node: 1, connection: Id, text: "event");
        Assert.DoesNotContain(Check(), static violation => violation.Contains("and again", StringComparison.Ordinal));

        Drop(static entry => entry.Kind == HistoryKind.RecordGone);
        At(30.2, HistoryKind.RecordGone, connection: Id);
        Finds("and again");
    }

    [Fact]
    public void OncePerConnection_ToldWhileOpen_IsFound()
    {
        Drop(static entry => entry.Kind == HistoryKind.TellBegan);
        At(29, HistoryKind.TellBegan, node: 0, connection: Id, text: "event");
        Finds("it ended at");
    }

    [Fact]
    public void InTime_ToldAfterTwoSeconds_IsFound()
    {
        Drop(static entry => entry.Kind is HistoryKind.TellBegan or HistoryKind.TellEnded);
        At(32, HistoryKind.TellBegan, node: 0, connection: Id, text: "event");
        Finds("was told at", "only");
    }

    [Fact]
    public void OnlyTheDeadAreBuried_NodeThatIsWell_IsFound()
    {
        At(29, HistoryKind.Condemned, node: 1, number: Incarnation);
        Finds("Reaping: node 0", "it is well");
    }

    [Fact]
    public void OnlyTheDeadAreBuried_NodeCutOffForLong_IsAllowed()
    {
        At(22.5, HistoryKind.Cut, node: 0);
        At(29, HistoryKind.Condemned, node: 1, number: Incarnation);
        Assert.DoesNotContain(Check(), static violation => violation.StartsWith("Reaping", StringComparison.Ordinal));
    }

    [Fact]
    public void OnlyTheDeadAreBuried_RightAfterAFailover_IsFound()
    {
        At(22.5, HistoryKind.Cut, node: 0);
        At(25, HistoryKind.BackplaneAway, text: HistoryReasons.Failover);
        At(26, HistoryKind.BackplaneBack);
        At(31, HistoryKind.Condemned, node: 1, number: Incarnation);
        Finds("right after the backplane had lost data");
    }

    [Fact]
    public void WholeInTheEnd_RecordThatStays_IsFound()
    {
        Drop(static entry => entry.Kind == HistoryKind.RecordGone);
        Finds("Records: ", "has a record");
    }

    [Fact]
    public void WholeInTheEnd_OpenWithoutRecord_IsFound()
    {
        Drop(static entry => entry.At > 25 * Second && entry.Kind is not (HistoryKind.RecordGone or HistoryKind.Settled));
        Finds("Records: ", "has no record");
    }

    [Fact]
    public void WholeInTheEnd_CondemnedAndNeverClosed_IsFound()
    {
        Drop(static entry => entry.Kind is HistoryKind.Ended or HistoryKind.ClientClosed);
        At(22.5, HistoryKind.Frozen, node: 0);
        At(29, HistoryKind.Condemned, node: 1, number: Incarnation);
        At(34, HistoryKind.Thawed, node: 0);
        Finds("Fencing:");
    }

    private void At(double seconds, HistoryKind kind, int node = -1, ConnectionId connection = default, long number = 0, int status = 0, string? text = null) =>
        _entries.Add(new HistoryEntry((long)(seconds * Second), kind, node, connection, number, status, text));

    private void Call(long number, double began, double ended, int status, double? queued)
    {
        At(began, HistoryKind.AttemptBegan, node: 1, connection: Id, number: number, text: CallKinds.Post);
        if (queued is { } at)
        {
            At(began, HistoryKind.Sent, node: 1, number: number);
            At(at, HistoryKind.Queued, node: 0, connection: Id, number: number);
            At(at, HistoryKind.Received, connection: Id, number: number);
        }

        At(ended, HistoryKind.AttemptEnded, node: 1, number: number, status: status);
    }

    private void Drop(Predicate<HistoryEntry> which) => Assert.NotEqual(0, _entries.RemoveAll(which));

    private List<string> Check()
    {
        var history = new History { IsCalm = true };
        foreach (var entry in _entries.OrderBy(static entry => entry.At))
        {
            history.Add(entry);
        }

        return Laws.Check(history);
    }

    private void Finds(string start, string part = "") =>
        Assert.Contains(Check(), violation => violation.Contains(start, StringComparison.Ordinal) && violation.Contains(part, StringComparison.Ordinal));
}
