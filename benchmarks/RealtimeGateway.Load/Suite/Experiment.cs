namespace RealtimeGateway.Load.Suite;

/// <summary>Something to find out.</summary>
/// <param name="Name">For <c>--only</c>, and its result's file.</param>
/// <param name="Title">Its heading.</param>
/// <param name="About">What is done, in a sentence or two of Markdown.</param>
/// <param name="Run">Does it.</param>
internal sealed record Experiment(string Name, string Title, string About, Action<Bench> Run);
