namespace RealtimeGateway.Server.Connect;

/// <summary>What the server sent breaks RFC 6455. The message tells it to a person.</summary>
internal sealed class SocketFaultException(string message) : Exception(message);
