namespace RealtimeGateway.Deployments;

/// <summary>
/// Where a stage's connections find it: stays the same object while the stage is changed, so that an open connection sees a new
/// configuration with its next message. A removed stage keeps its last form for the <c>$disconnect</c> of its connections.
/// </summary>
internal sealed class StageSlot(CompiledStage stage)
{
    private volatile CompiledStage _current = stage;
    private volatile bool _isServed = true;

    /// <summary>The stage now. Read it once for each event.</summary>
    public CompiledStage Current
    {
        get => _current;
        set => _current = value;
    }

    /// <summary>Whether the stage is still there. What opens later than its removal finds it so here.</summary>
    public bool IsServed
    {
        get => _isServed;
        set => _isServed = value;
    }
}
