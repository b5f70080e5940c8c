namespace RealtimeGateway.Expressions.Templates;

/// <summary>What a template is compiled with. It stays with the template.</summary>
internal sealed record TemplateSettings
{
    public static TemplateSettings Default { get; } = new();

    public TemplateLimits Limits { get; init; } = TemplateLimits.Default;

    /// <summary>The clock of <see cref="TemplateLimits.MaxTime"/>.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>
    /// Maps a path below <c>$context</c>, such as <c>identity.sourceIp</c>, to a number of the variables' own choosing, once
    /// when the template is compiled. It comes back as <see cref="ContextReference.Id"/>. Default: -1 for all.
    /// </summary>
    public Func<string, int>? ContextIds { get; init; }
}
