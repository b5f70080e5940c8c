using System.Buffers;

namespace RealtimeGateway.Expressions;

/// <summary>Where <c>$context</c> variables are read from.</summary>
internal interface IContextSource
{
    /// <summary>
    /// Appends the variable's value as UTF-8. <see langword="false"/>, having written nothing, when it is not set; an empty value is set.
    /// </summary>
    bool TryWriteContext(in ContextVariable variable, IBufferWriter<byte> destination);
}
