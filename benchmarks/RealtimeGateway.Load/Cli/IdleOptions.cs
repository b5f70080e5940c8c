namespace RealtimeGateway.Load.Cli;

/// <summary>What to do with idle connections.</summary>
/// <param name="Settle">The rest before each look at the server's memory.</param>
/// <param name="Prime">Connections opened and closed before the first look, so that what the server makes once is not counted as theirs.</param>
/// <param name="Kill">Reset them at the end and see whether the server lets go.</param>
/// <param name="Collect">Have the server's runtime collect all generations before each look at its memory.</param>
/// <param name="Waves">How often to open and kill; memory that grows from wave to wave leaks.</param>
internal sealed record IdleOptions(TimeSpan Settle, int Prime, bool Kill, bool Collect, int Waves);
