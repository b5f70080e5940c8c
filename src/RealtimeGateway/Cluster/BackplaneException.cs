namespace RealtimeGateway.Cluster;

/// <summary>The backplane could not be reached, or did not answer in time. What was asked of it may have happened or not.</summary>
internal sealed class BackplaneException(string message, Exception? inner = null) : Exception(message, inner);
