namespace RealtimeGateway.IntegrationTests.Scale;

/// <summary>What counts descriptors and memory of the process runs alone.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class AloneOnTheMachine
{
    public const string Name = "Scale";
}
