using System.Text;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Tests.Store;

/// <summary>What every store does. Each implementation runs it.</summary>
public abstract class ApiStoreSpecification
{
    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Load_NewStore_IsEmptyAtRevisionZero()
    {
        await using var store = Open();
        var content = await store.LoadAsync(Cancellation);
        Assert.Equal(0, content.Revision);
        Assert.Empty(content.Documents);
    }

    [Fact]
    public async Task Write_Batch_IsThereWithItsRevision()
    {
        await using var store = Open();
        Assert.Equal(new StoreOutcome(true, 1), await store.WriteAsync(0, [Put("a", "1"), Put("b", "2")], Cancellation));
        Assert.Equal(new StoreOutcome(true, 2), await store.WriteAsync(1, [Put("b", "3"), Delete("a"), Put("ü/\u20ac", "4")], Cancellation));

        var content = await store.LoadAsync(Cancellation);
        Assert.Equal(2, content.Revision);
        Assert.Equal([("b", 2, "3"), ("ü/\u20ac", 2, "4")], content.Documents.Select(Show).OrderBy(document => document.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Write_UntouchedDocument_KeepsItsRevision()
    {
        await using var store = Open();
        await store.WriteAsync(0, [Put("a", "1")], Cancellation);
        await store.WriteAsync(1, [Put("b", "2")], Cancellation);

        var content = await store.LoadAsync(Cancellation);
        Assert.Equal([("a", 1, "1"), ("b", 2, "2")], content.Documents.Select(Show).OrderBy(document => document.Key, StringComparer.Ordinal));
    }

    [Fact]
    public async Task Write_OnAnOldRevision_ChangesNothingAndSaysTheRevision()
    {
        await using var store = Open();
        await store.WriteAsync(0, [Put("a", "1")], Cancellation);

        Assert.Equal(new StoreOutcome(false, 1), await store.WriteAsync(0, [Put("a", "lost"), Put("b", "lost")], Cancellation));
        Assert.Equal(new StoreOutcome(false, 1), await store.WriteAsync(7, [Delete("a")], Cancellation));

        Assert.Equal([("a", 1, "1")], (await store.LoadAsync(Cancellation)).Documents.Select(Show));
    }

    [Fact]
    public async Task Write_ManyAtOnce_OneWinsEachRevision()
    {
        await using var store = Open();
        var won = await Task.WhenAll(Enumerable.Range(0, 8).Select(writer => Task.Run(async () =>
        {
            var mine = 0;
            for (long revision = 0; revision < 40;)
            {
                var outcome = await store.WriteAsync(revision, [Put("count", $"{revision + 1}"), Put($"writer/{writer}", $"{mine + 1}")], Cancellation);
                mine += outcome.IsWritten ? 1 : 0;
                revision = outcome.Revision;
            }

            return mine;
        }, Cancellation)));

        var content = await store.LoadAsync(Cancellation);
        Assert.Equal(won.Sum(), content.Revision);
        Assert.Equal($"{content.Revision}", content.Documents.Select(Show).Single(document => document.Key == "count").Json);
    }

    [Fact]
    public async Task WaitForChange_EndsWithTheWriteThatGoesBeyond()
    {
        await using var store = Open();
        await store.WriteAsync(0, [Put("a", "1")], Cancellation);
        Assert.Equal(1, await store.WaitForChangeAsync(0, Cancellation));

        var change = store.WaitForChangeAsync(1, Cancellation);
        Assert.False(change.IsCompleted);
        await store.WriteAsync(1, [Delete("a")], Cancellation);
        Assert.Equal(2, await change.WaitAsync(TimeSpan.FromSeconds(20), Cancellation));
    }

    [Fact]
    public async Task WaitForChange_Cancelled_Ends()
    {
        await using var store = Open();
        using var cancel = new CancellationTokenSource();
        var change = store.WaitForChangeAsync(0, cancel.Token);
        await cancel.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => change);
    }

    [Fact]
    public async Task Load_LargeAndManyDocuments_ReturnsEachByteOfEach()
    {
        await using var store = Open();
        var large = new string('x', 3_000_000);
        await store.WriteAsync(0, [Put("large", large), .. Enumerable.Range(0, 2_000).Select(i => Put($"many/{i}", $"{i}"))], Cancellation);

        var content = (await store.LoadAsync(Cancellation)).Documents.Select(Show).ToDictionary(document => document.Key);
        Assert.Equal(large, content["large"].Json);
        Assert.Equal(2_001, content.Count);
        Assert.Equal("1999", content["many/1999"].Json);
    }

    /// <summary>A store that nobody has written to.</summary>
    private protected abstract IApiStore Open();

    private protected static StoreWrite Put(string key, string json) => new(key, Encoding.UTF8.GetBytes(json));

    private protected static StoreWrite Delete(string key) => new(key, null);

    private protected static (string Key, long Revision, string Json) Show(StoredDocument document) =>
        (document.Key, document.Revision, Encoding.UTF8.GetString(document.Json.Span));
}
