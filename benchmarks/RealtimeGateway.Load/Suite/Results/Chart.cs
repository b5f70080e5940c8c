namespace RealtimeGateway.Load.Suite.Results;

/// <summary>A plot of one metric: lines over <see cref="Series.X"/>, or bars by row and subject where there is no X.</summary>
/// <param name="File">Without extension.</param>
/// <param name="Title">Above it.</param>
/// <param name="Metric">What it shows.</param>
/// <param name="XTitle">The horizontal axis of a growth curve, with its unit.</param>
internal sealed record Chart(string File, string Title, string Metric, string? XTitle = null);
