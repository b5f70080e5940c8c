namespace RealtimeGateway.Load.Suite;

/// <summary>Something to find out.</summary>
/// <param name="Name">For <c>--only</c>, and its result's file.</param>
/// <param name="Title">Its heading.</param>
/// <param name="About">What is done, in a sentence or two of Markdown.</param>
/// <param name="Run">Does it.</param>
/// <param name="MaxRounds">No more than these: a curve has many points, and its neighbours bear a point out.</param>
internal sealed record Experiment(string Name, string Title, string About, Action<Bench> Run, int MaxRounds = int.MaxValue);
