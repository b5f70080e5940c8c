using RealtimeGateway.Apis;
using RealtimeGateway.ControlPlane.Resources;

namespace RealtimeGateway.ControlPlane.Projection;

/// <summary>A stage as traffic is to see it, with the records that it was made of: while they are the same objects, so is it.</summary>
/// <param name="Snapshot">What the stage's deployment froze.</param>
/// <param name="Stage">The stage.</param>
/// <param name="Api">The API with this one stage.</param>
/// <param name="Problem">Why it cannot be served; null when it can.</param>
internal sealed record ProjectedStage(SnapshotResource Snapshot, StageResource Stage, Api Api, string? Problem);
