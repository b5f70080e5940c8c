namespace RealtimeGateway.Apis;

/// <summary>One thing wrong with what was authored.</summary>
/// <param name="Path">Where, for example <c>apis.chat.routes.sendMessage.target</c>.</param>
/// <param name="Message">What is wrong and how to mend it, in a sentence or two.</param>
public sealed record ConfigurationError(ConfigurationPath Path, string Message)
{
    /// <inheritdoc/>
    public override string ToString() => $"{Path}: {Message}";
}
