namespace RealtimeGateway.Samples.Chat;

/// <summary>What the page must know before it can start.</summary>
/// <param name="Socket">The WebSocket address of the chat.</param>
internal sealed record PageSettings(string Socket, int MaxMessageLength, int MaxNameLength, int MaxRoomLength);
