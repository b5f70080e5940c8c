namespace RealtimeGateway.Expressions.Templates;

/// <summary>Why a template's text was refused, and where. Line and column count from one; the mend is what the author can write instead.</summary>
internal sealed record TemplateError(int Line, int Column, string Message, string Mend)
{
    public override string ToString() => $"line {Line}, column {Column}: {Message}. {Mend}.";
}
