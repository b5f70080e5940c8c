namespace RealtimeGateway.Load;

/// <summary>The run can't be done as asked; the message is for the person who asked. Exit code 2.</summary>
internal sealed class RefusedException(string message) : Exception(message);
