namespace RealtimeGateway.Expressions;

/// <summary>How the content of a <see cref="JsonSlice"/> becomes text.</summary>
internal enum JsonSliceKind : byte
{
    /// <summary>There is no value.</summary>
    Missing = 0,

    /// <summary>As it stands: numbers, literals, and strings without escapes.</summary>
    Plain,

    /// <summary>A string with escapes in it.</summary>
    Escaped,

    /// <summary>An object or an array.</summary>
    Container,
}
