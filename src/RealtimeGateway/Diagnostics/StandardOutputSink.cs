namespace RealtimeGateway.Diagnostics;

/// <summary>The standard output of the process.</summary>
internal sealed class StandardOutputSink : IAccessLogSink
{
    /// <inheritdoc/>
    public async ValueTask<AccessLogAppend> AppendAsync(ReadOnlyMemory<byte> lines)
    {
        try
        {
            // Of the process, not ours to close; opening it costs nothing.
            var output = Console.OpenStandardOutput();
            await output.WriteAsync(lines);
            await output.FlushAsync();
            return AccessLogAppend.Done;
        }
        catch (IOException exception)
        {
            return new AccessLogAppend(exception.Message, IsUntouched: false);
        }
    }
}
