namespace RealtimeGateway.Diagnostics;

/// <summary>What became of lines that were to be appended.</summary>
/// <param name="Failure">Why not, for people; null: all are there.</param>
/// <param name="IsUntouched">Whether none of them was written, so that trying again repeats nothing.</param>
internal readonly record struct AccessLogAppend(string? Failure, bool IsUntouched)
{
    /// <summary>All lines are there.</summary>
    public static AccessLogAppend Done => default;
}
