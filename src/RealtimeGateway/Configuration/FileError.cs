namespace RealtimeGateway.Configuration;

/// <summary>One mistake in a configuration file.</summary>
/// <param name="File">The file as the operator named it.</param>
/// <param name="Line">From 1.</param>
/// <param name="Column">From 1, in UTF-16 units.</param>
/// <param name="Message">What is wrong and how to mend it, on one line.</param>
internal sealed record FileError(string File, int Line, int Column, string Message)
{
    /// <summary><c>file:line:column: message</c>, the form that editors and terminals make clickable.</summary>
    public override string ToString() => string.Create(System.Globalization.CultureInfo.InvariantCulture, $"{File}:{Line}:{Column}: {Message}");
}
