namespace RealtimeGateway.Expressions;

/// <summary>A value within a JSON text; <see langword="default"/> stands for none.</summary>
/// <param name="Start">Where its content starts, in bytes: behind the quote of a string, at the bracket of a container.</param>
/// <param name="Length">The content's bytes, without quotes.</param>
/// <param name="Kind">How the content becomes text.</param>
internal readonly record struct JsonSlice(int Start, int Length, JsonSliceKind Kind);
