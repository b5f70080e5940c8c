namespace RealtimeGateway.Expressions.Templates;

/// <summary>A path below <c>$context</c>, such as <c>identity.sourceIp</c>, with the number that the variables gave it at compile time.</summary>
internal sealed class ContextReference(string path, int id)
{
    /// <summary>The path without <c>$context.</c>; empty for <c>$context</c> itself.</summary>
    public string Path { get; } = path;

    /// <summary>What <see cref="TemplateSettings.ContextIds"/> said for <see cref="Path"/>; -1 without it.</summary>
    public int Id { get; } = id;
}
