namespace RealtimeGateway.Expressions.Templates;

/// <summary>Why an evaluation ended without a usable result.</summary>
internal enum TemplateFailure
{
    None,

    /// <summary>More than <see cref="TemplateLimits.MaxSteps"/> nodes were evaluated.</summary>
    Steps,

    /// <summary>More than <see cref="TemplateLimits.MaxOutputBytes"/> would have been written.</summary>
    OutputSize,

    /// <summary>Strings, lists and maps made on the way outgrew their bounds.</summary>
    IntermediateSize,

    /// <summary>Macros, blocks or nested values went deeper than <see cref="TemplateLimits.MaxDepth"/>.</summary>
    Depth,

    /// <summary>The time was up, in all or for one regular expression.</summary>
    Time,

    /// <summary>A <c>#foreach</c> had more than <see cref="TemplateLimits.MaxRounds"/> rounds.</summary>
    Rounds,

    /// <summary>The template asked for JSON, and the body is none (or is nested too deeply).</summary>
    BodyNotJson,

    /// <summary>An operation was impossible, such as an index out of range or a broken regular expression.</summary>
    Evaluation,
}
