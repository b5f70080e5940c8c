using Microsoft.Data.Sqlite;
using RealtimeGateway.Apis;
using RealtimeGateway.Store;

namespace RealtimeGateway.Tests.Store;

public sealed class SqliteApiStoreTests : ApiStoreSpecification, IDisposable
{
    private readonly string _directory = Directory.CreateTempSubdirectory("gateway-store-").FullName;

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    private string StorePath => Path.Combine(_directory, "below", "store.db");

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public async Task Open_Again_FindsWhatWasWritten()
    {
        await using (var store = Open())
        {
            await store.WriteAsync(0, [Put("a", "1")], Cancellation);
        }

        await using var again = Open();
        Assert.Equal([("a", 1, "1")], (await again.LoadAsync(Cancellation)).Documents.Select(Show));
        Assert.Equal(new StoreOutcome(true, 2), await again.WriteAsync(1, [Put("a", "2")], Cancellation));
    }

    [Fact]
    public async Task Write_ByTwoProcesses_IsRefusedToTheOneThatHasNotSeenTheOther()
    {
        await using var one = Open();
        await using var other = Open();
        await one.WriteAsync(0, [Put("a", "1")], Cancellation);

        Assert.Equal(new StoreOutcome(false, 1), await other.WriteAsync(0, [Put("a", "lost")], Cancellation));
        Assert.Equal(new StoreOutcome(true, 2), await other.WriteAsync(1, [Put("a", "2")], Cancellation));
        Assert.Equal([("a", 2, "2")], (await one.LoadAsync(Cancellation)).Documents.Select(Show));
    }

    [Fact]
    public async Task VacuumInto_WhileOpen_MakesABackupThatOpens()
    {
        var copy = Path.Combine(_directory, "backup.db");
        await using var store = Open();
        await store.WriteAsync(0, [Put("a", "1")], Cancellation);
        await using (var connection = new SqliteConnection($"Data Source={StorePath};Mode=ReadOnly;Pooling=false"))
        {
            connection.Open();
            await using var backup = connection.CreateCommand();
            backup.CommandText = "VACUUM INTO $copy";
            backup.Parameters.AddWithValue("$copy", copy);
            backup.ExecuteNonQuery();
        }

        await store.WriteAsync(1, [Put("a", "after the backup")], Cancellation);
        await using var restored = SqliteApiStore.Open(copy);
        Assert.Equal([("a", 1, "1")], (await restored.LoadAsync(Cancellation)).Documents.Select(Show));
    }

    [Fact]
    public void Open_FileOfALaterVersion_SaysSo()
    {
        var path = Path.Combine(_directory, "later.db");
        using (var connection = new SqliteConnection($"Data Source={path};Pooling=false"))
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = "PRAGMA user_version = 2";
            command.ExecuteNonQuery();
        }

        var exception = Assert.Throws<InvalidDataException>(() => SqliteApiStore.Open(path));
        Assert.Contains("later version", exception.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Open_NoDatabase_SaysSo()
    {
        var path = Path.Combine(_directory, "text.db");
        File.WriteAllText(path, "This is not a database, but long enough to be looked at as one.");

        var exception = Assert.Throws<IOException>(() => SqliteApiStore.Open(path));
        Assert.Contains("text.db", exception.Message, StringComparison.Ordinal);
    }

    private protected override IApiStore Open() => SqliteApiStore.Open(StorePath);
}
