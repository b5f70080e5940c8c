namespace RealtimeGateway.Floors;

/// <summary>What a message can ask of the floor.</summary>
internal enum FloorRoute
{
    None,
    Echo,
    Hello,
    Http,
}
