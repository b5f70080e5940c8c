namespace RealtimeGateway.Diagnostics;

/// <summary>Where the lines of access logs end up.</summary>
internal interface IAccessLogSink
{
    /// <summary>Appends whole lines. One call at a time. Never throws for what a disk or a pipe does.</summary>
    ValueTask<AccessLogAppend> AppendAsync(ReadOnlyMemory<byte> lines);
}
