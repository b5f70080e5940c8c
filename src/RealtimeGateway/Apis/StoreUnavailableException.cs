namespace RealtimeGateway.Apis;

/// <summary>The store cannot be reached now, so that nothing can be written. Not a bug: the caller may try again later.</summary>
internal sealed class StoreUnavailableException(string message, Exception? inner = null) : Exception(message, inner);
