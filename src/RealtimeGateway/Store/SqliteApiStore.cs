using System.Collections.Immutable;
using Microsoft.Data.Sqlite;
using RealtimeGateway.Apis;

namespace RealtimeGateway.Store;

/// <summary>
/// A store in one SQLite file beside the program. Write-ahead logging with <c>synchronous=FULL</c>: a batch that was acknowledged outlives the loss of
/// power, and one that was not is either there whole or not at all (https://www.sqlite.org/wal.html, https://www.sqlite.org/pragma.html#pragma_synchronous).
/// Other processes may read it, and back it up with <c>VACUUM INTO</c>, while it is in use.
/// </summary>
internal sealed class SqliteApiStore : IApiStore
{
    private const int SchemaVersion = 1;

    private readonly SqliteConnection _connection;
    private readonly SqliteCommand _readRevision;
    private readonly SqliteCommand _writeRevision;
    private readonly SqliteCommand _put;
    private readonly SqliteCommand _delete;
    private readonly SemaphoreSlim _gate = new(1, 1);
    private readonly StoreRevision _revision;

    private SqliteApiStore(SqliteConnection connection)
    {
        _connection = connection;
        _readRevision = Prepare("SELECT revision FROM store");
        _writeRevision = Prepare("UPDATE store SET revision = $revision", "$revision");
        _put = Prepare(
            "INSERT INTO documents (key, revision, json) VALUES ($key, $revision, $json) ON CONFLICT (key) DO UPDATE SET revision = $revision, json = $json",
            "$key", "$revision", "$json");
        _delete = Prepare("DELETE FROM documents WHERE key = $key", "$key");
        _revision = new StoreRevision(ReadRevision(transaction: null));
    }

    /// <summary>Opens the file, or makes it and its directory.</summary>
    /// <exception cref="InvalidDataException">The file is of a later version of this program, or no store at all.</exception>
    /// <exception cref="IOException">The file cannot be opened or made.</exception>
    public static SqliteApiStore Open(string path)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path))!);
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Pooling = false,
            DefaultTimeout = 10,
        }.ToString());
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;");
            CreateSchema(connection, path);
            return new SqliteApiStore(connection);
        }
        catch (SqliteException exception)
        {
            connection.Dispose();
            throw new IOException($"the store '{path}' cannot be opened: {exception.Message}", exception);
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoreContent> LoadAsync(CancellationToken cancellationToken)
    {
        await _gate.WaitAsync(cancellationToken);
        try
        {
            using var transaction = _connection.BeginTransaction(deferred: true);
            var revision = ReadRevision(transaction);
            var documents = ImmutableArray.CreateBuilder<StoredDocument>();
            using var select = _connection.CreateCommand();
            select.Transaction = transaction;
            select.CommandText = "SELECT key, revision, json FROM documents";
            using var rows = select.ExecuteReader();
            while (rows.Read())
            {
                documents.Add(new(rows.GetString(0), rows.GetInt64(1), rows.GetFieldValue<byte[]>(2)));
            }

            return new(revision, documents.DrainToImmutable());
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public async ValueTask<StoreOutcome> WriteAsync(long expectedRevision, IReadOnlyList<StoreWrite> writes, CancellationToken cancellationToken)
    {
        ArgumentOutOfRangeException.ThrowIfZero(writes.Count);
        await _gate.WaitAsync(cancellationToken);
        try
        {
            var outcome = Write(expectedRevision, writes);
            _revision.Set(outcome.Revision);
            return outcome;
        }
        finally
        {
            _gate.Release();
        }
    }

    /// <inheritdoc/>
    public Task<long> WaitForChangeAsync(long revision, CancellationToken cancellationToken) => _revision.WaitForChangeAsync(revision, cancellationToken);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _gate.WaitAsync();
        foreach (var command in new[] { _readRevision, _writeRevision, _put, _delete })
        {
            await command.DisposeAsync();
        }

        await _connection.DisposeAsync();
        _gate.Dispose();
    }

    private StoreOutcome Write(long expectedRevision, IReadOnlyList<StoreWrite> writes)
    {
        // Not deferred: the writer's lock is taken before the revision is read, so that no other process writes in between.
        using var transaction = _connection.BeginTransaction();
        var current = ReadRevision(transaction);
        if (current != expectedRevision)
        {
            return new(false, current);
        }

        var revision = current + 1;
        foreach (var write in writes)
        {
            if (write.Json is { } json)
            {
                Run(_put, transaction, write.Key, revision, json.ToArray());
            }
            else
            {
                Run(_delete, transaction, write.Key);
            }
        }

        Run(_writeRevision, transaction, revision);
        transaction.Commit();
        return new(true, revision);
    }

    private long ReadRevision(SqliteTransaction? transaction)
    {
        _readRevision.Transaction = transaction;
        return (long)_readRevision.ExecuteScalar()!;
    }

    private SqliteCommand Prepare(string sql, params ReadOnlySpan<string> parameters)
    {
        var command = _connection.CreateCommand();
        command.CommandText = sql;
        foreach (var name in parameters)
        {
            command.Parameters.Add(new SqliteParameter { ParameterName = name, Value = DBNull.Value });
        }

        command.Prepare();
        return command;
    }

    private static void Run(SqliteCommand command, SqliteTransaction transaction, params ReadOnlySpan<object> values)
    {
        command.Transaction = transaction;
        for (var i = 0; i < values.Length; i++)
        {
            command.Parameters[i].Value = values[i];
        }

        command.ExecuteNonQuery();
    }

    private static void CreateSchema(SqliteConnection connection, string path)
    {
        using var transaction = connection.BeginTransaction();
        using var read = connection.CreateCommand();
        read.Transaction = transaction;
        read.CommandText = "PRAGMA user_version";
        var version = (long)read.ExecuteScalar()!;
        if (version > SchemaVersion)
        {
            throw new InvalidDataException($"the store '{path}' was written by a later version of this program (form {version}; this one knows {SchemaVersion})");
        }

        if (version == 0)
        {
            read.CommandText = $"""
                CREATE TABLE store (revision INTEGER NOT NULL) STRICT;
                INSERT INTO store (revision) VALUES (0);
                CREATE TABLE documents (key TEXT PRIMARY KEY, revision INTEGER NOT NULL, json BLOB NOT NULL) STRICT, WITHOUT ROWID;
                PRAGMA user_version = {SchemaVersion};
                """;
            read.ExecuteNonQuery();
        }

        transaction.Commit();
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
