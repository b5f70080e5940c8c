namespace RealtimeGateway.Expressions.JsonPaths;

/// <summary>Where a value lies in a JSON text, in bytes.</summary>
internal readonly record struct JsonSlice(int Start, int Length)
{
    public ReadOnlySpan<byte> Of(ReadOnlySpan<byte> json) => json.Slice(Start, Length);
}
