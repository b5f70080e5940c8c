namespace RealtimeGateway.Expressions.Templates;

/// <summary>
/// How an evaluation ended. After a failure the output holds a prefix that must be thrown away.
/// <see cref="Message"/>, <see cref="Line"/> and <see cref="Column"/> are for the operator's log, never for the client.
/// </summary>
internal readonly record struct TemplateOutcome(TemplateFailure Failure, string? Message, int Line, int Column)
{
    public static TemplateOutcome Ok => default;

    public bool IsOk => Failure == TemplateFailure.None;
}
