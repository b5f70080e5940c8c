using System.Collections.Immutable;

namespace RealtimeGateway.Apis;

/// <summary>All that a store holds, as of one revision.</summary>
/// <param name="Revision">0 for a store that was never written to.</param>
/// <param name="Documents">In no order.</param>
internal sealed record StoreContent(long Revision, ImmutableArray<StoredDocument> Documents);

/// <summary>A document.</summary>
/// <param name="Key">Names it, for example <c>apis/a1b2c3d4e5/routes/x1y2z3a</c>; ordinal.</param>
/// <param name="Revision">The store's revision that wrote it.</param>
/// <param name="Json">The document, UTF-8.</param>
internal readonly record struct StoredDocument(string Key, long Revision, ReadOnlyMemory<byte> Json);

/// <summary>What becomes of one key.</summary>
/// <param name="Key">The key.</param>
/// <param name="Json">The document from now on; <see langword="null"/>: there is none.</param>
internal readonly record struct StoreWrite(string Key, ReadOnlyMemory<byte>? Json);

/// <summary>What became of a batch.</summary>
/// <param name="IsWritten">Whether it was written; else somebody else has written since.</param>
/// <param name="Revision">The store's revision now.</param>
internal readonly record struct StoreOutcome(bool IsWritten, long Revision);
