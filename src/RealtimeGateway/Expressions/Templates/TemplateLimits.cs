namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// The bounds of one template. The template size and the rounds are quotas of Amazon API Gateway
/// (https://docs.aws.amazon.com/apigateway/latest/developerguide/api-gateway-execution-service-limits-table.html);
/// the others keep a hostile template from harming its neighbours.
/// </summary>
internal sealed record TemplateLimits
{
    public static TemplateLimits Default { get; } = new();

    /// <summary>Longest template, in UTF-8 bytes. Default 300 KB.</summary>
    public int MaxTemplateBytes { get; init; } = 300 * 1024;

    /// <summary>Most nodes one evaluation may visit. Default 100,000.</summary>
    public int MaxSteps { get; init; } = 100_000;

    /// <summary>Most bytes one evaluation may write. Default 1 MiB.</summary>
    public int MaxOutputBytes { get; init; } = 1024 * 1024;

    /// <summary>Longest single string made on the way, in UTF-16 units. Default 1 Mi.</summary>
    public int MaxTextLength { get; init; } = 1024 * 1024;

    /// <summary>
    /// Most memory one evaluation may take for values made on the way, counted as it is taken and never given back, in
    /// UTF-16 units (a list or map entry counts 16). The parsed body is not counted; it has its own bounds. Default 8 Mi.
    /// </summary>
    public int MaxIntermediate { get; init; } = 8 * 1024 * 1024;

    /// <summary>Deepest nesting of directives in the text, of macro calls and of <c>#define</c> blocks when run. Default 32.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Most rounds of one <c>#foreach</c>. Default 1,000.</summary>
    public int MaxRounds { get; init; } = 1_000;

    /// <summary>Longest evaluation. Default 100 ms.</summary>
    public TimeSpan MaxTime { get; init; } = TimeSpan.FromMilliseconds(100);

    /// <summary>Longest single match of a regular expression. Default 50 ms.</summary>
    public TimeSpan MaxMatchTime { get; init; } = TimeSpan.FromMilliseconds(50);

    /// <summary>Most values of a JSON text that is made into objects (<c>$input.path</c>, <c>$util.parseJson</c>). Default 500,000.</summary>
    public int MaxJsonValues { get; init; } = 500_000;

    /// <summary>Deepest nesting of a JSON text. Default 64.</summary>
    public int MaxJsonDepth { get; init; } = 64;
}
