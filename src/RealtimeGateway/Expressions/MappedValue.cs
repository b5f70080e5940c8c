using Microsoft.Extensions.Primitives;

namespace RealtimeGateway.Expressions;

/// <summary>What a parameter mapping came to.</summary>
/// <param name="Status">Whether there is a value.</param>
/// <param name="Values">One or more values when <see cref="MappedStatus.Found"/>, otherwise none.</param>
internal readonly record struct MappedValue(MappedStatus Status, StringValues Values = default);
