using RealtimeGateway.Buffers;
using RealtimeGateway.Expressions;

namespace RealtimeGateway.Diagnostics;

/// <summary>The access log of one stage: its format, and the writer of its destination, which other stages may share.</summary>
internal sealed class AccessLog(ContextFormat format, AccessLogWriter writer)
{
    /// <summary>Writes one line.</summary>
    /// <param name="source">The event.</param>
    /// <param name="line">Memory to make the line in; reset before.</param>
    public void Write(IContextSource source, PooledBufferWriter line)
    {
        line.Reset();
        format.Write(source, line);
        writer.Write(line.WrittenSpan);
    }
}
