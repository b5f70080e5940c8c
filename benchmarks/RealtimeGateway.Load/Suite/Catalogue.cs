using RealtimeGateway.Load.Suite.Experiments;

namespace RealtimeGateway.Load.Suite;

/// <summary>All experiments, in the order of the page.</summary>
internal static class Catalogue
{
    public static IReadOnlyList<Experiment> All { get; } =
    [
        EchoExperiments.Echo,
        EchoExperiments.Idle,
        BackEndExperiments.Http,
        PushExperiments.Push,
        PushExperiments.FanOut,
        PushExperiments.WrongNode,
        EchoExperiments.Tls,
        BackEndExperiments.Isolation,
        GrowthExperiments.Connections,
        GrowthExperiments.Routes,
        GrowthExperiments.Apis,
        GrowthExperiments.Sizes,
        GrowthExperiments.Nodes,
    ];

    /// <summary>Those whose names begin with one of these; without any, all.</summary>
    /// <exception cref="RefusedException">A name that none has.</exception>
    public static IReadOnlyList<Experiment> Select(IReadOnlyList<string> names)
    {
        foreach (var name in names)
        {
            if (!All.Any(experiment => experiment.Name.StartsWith(name, StringComparison.Ordinal)))
            {
                throw new RefusedException($"There is no experiment '{name}'. There are: {string.Join(", ", All.Select(static experiment => experiment.Name))}.");
            }
        }

        return names.Count == 0 ? All : [.. All.Where(experiment => names.Any(name => experiment.Name.StartsWith(name, StringComparison.Ordinal)))];
    }
}
