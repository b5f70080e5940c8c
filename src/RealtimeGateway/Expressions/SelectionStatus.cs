namespace RealtimeGateway.Expressions;

/// <summary>How the evaluation of a <see cref="SelectionExpression"/> ended.</summary>
internal enum SelectionStatus : byte
{
    /// <summary>The key was written.</summary>
    Ok = 0,

    /// <summary>The body is not JSON, or deeper than <see cref="JsonScanner.MaxDepth"/>: use <c>$default</c>.</summary>
    NotJson,

    /// <summary>The key does not fit, so it is longer than any key it could match.</summary>
    TooLong,
}
