using RealtimeGateway.Load.WebSockets;

namespace RealtimeGateway.Load.Cli;

/// <summary>What is sent, and how fast.</summary>
/// <param name="Template">The message.</param>
/// <param name="Expect">Text that each answer must hold; <see langword="null"/> for none.</param>
/// <param name="Rate">Messages a second in all, on a fixed schedule (open loop); <see langword="null"/>: the next when the last is answered (closed loop).</param>
internal sealed record TrafficOptions(MessageTemplate Template, string? Expect, double? Rate);
