using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Portico.Storage;

namespace Portico.Documents.Sqlite;

/// <summary>
/// Documents in one table of one SQLite file. A write is acknowledged when the commit that holds it is on
/// the disk; writers share commits. An ETag is a random version: never used again, not even when a deleted
/// id is created anew.
/// </summary>
public sealed class SqliteDocumentStore : IDocumentStore, IDocumentMaintenance, IAsyncDisposable, IDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS document (
            container TEXT NOT NULL,
            partition TEXT NOT NULL,
            id TEXT NOT NULL,
            type TEXT NOT NULL,
            etag TEXT NOT NULL,
            json TEXT NOT NULL,
            PRIMARY KEY (container, partition, id));
        """;

    private const int ScanPage = 200;

    private readonly SqliteDatabase _database;
    private readonly ConcurrentDictionary<string, bool> _indexes = new(StringComparer.Ordinal);

    private SqliteDocumentStore(SqliteDatabase database) => _database = database;

    /// <summary>Opens or creates the file; its folder too.</summary>
    /// <param name="path">The database's file.</param>
    /// <param name="faultPoint">See <see cref="SqliteDatabase.Open"/>.</param>
    public static SqliteDocumentStore Open(string path, Action<string>? faultPoint = null) => new(SqliteDatabase.Open(path, Schema, faultPoint));

    public Task<Stored<T>?> GetAsync<T>(DocumentType<T> type, string partitionKey, string id, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        cancellation.ThrowIfCancellationRequested();
        var row = _database.Read(session => SqliteDocumentRow.Find(session, type.Container, partitionKey, id, type.Type));
        return Task.FromResult(row?.As<T>());
    }

    public async Task<WriteResult<T>> CreateAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (outcome, etag) = await WriteAsync(type, BatchKind.Create, document, null, cancellation).ConfigureAwait(false);
        return Result(outcome, document, etag);
    }

    public async Task<WriteResult<T>> ReplaceAsync<T>(DocumentType<T> type, T document, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (outcome, etag) = await WriteAsync(type, BatchKind.Replace, document, ifMatch, cancellation).ConfigureAwait(false);
        return Result(outcome, document, etag);
    }

    public async Task<Stored<T>> UpsertAsync<T>(DocumentType<T> type, T document, CancellationToken cancellation)
        where T : class, IDocument
    {
        var (_, etag) = await WriteAsync(type, BatchKind.Upsert, document, null, cancellation).ConfigureAwait(false);
        return new Stored<T>(document, etag);
    }

    public async Task<WriteResult<T>> PatchAsync<T>(DocumentType<T> type, string partitionKey, string id, DocumentPatch patch, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        DocumentShape.Check(patch, type.PartitionKeyPath);
        return await _database.WriteAsync(
            session =>
            {
                var (outcome, row) = SqliteDocumentRow.Patch(session, type.Container, partitionKey, id, type.Type, typeof(T), patch, ifMatch);
                return new WriteResult<T>(outcome, row?.As<T>());
            },
            cancellation).ConfigureAwait(false);
    }

    public Task<WriteOutcome> DeleteAsync<T>(DocumentType<T> type, string partitionKey, string id, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        return _database.WriteAsync(session => SqliteDocumentRow.Delete(session, type.Container, partitionKey, id, type.Type, ifMatch), cancellation);
    }

    public async Task<DocumentPage<T>> ListAsync<T>(DocumentType<T> type, string partitionKey, DocumentQuery query, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type, query);
        var filters = query.Filters();
        var values = filters.ConvertAll(f => ListStatement.Comparable(f.Value));
        var fingerprint = ListPosition.Fingerprint(type.Container, partitionKey, type.Type, query, filters.Select(f => f.Key).Concat(values));
        var position = query.Continuation is null ? null : ListPosition.Parse(query.Continuation, fingerprint);

        var statement = ListStatement.For(type.Container, query, filters, position is not null);
        await EnsureIndexAsync(statement.IndexDdl, cancellation).ConfigureAwait(false);

        object?[] parameters = [partitionKey, type.Type, query.Limit + 1, .. values, .. PositionParameters(query, position)];
        var rows = _database.Read(session => ReadRows(session.Statement(statement.Sql, parameters), cancellation));
        var continuation = rows.Count <= query.Limit ? null : TokenAfter(rows[query.Limit - 1], query, fingerprint);
        return new DocumentPage<T>([.. rows.Take(query.Limit).Select(r => r.Row.As<T>())], continuation);
    }

    public async Task<BatchResult> BatchAsync(DocumentBatch batch, CancellationToken cancellation)
    {
        var prepared = DocumentShape.Serialize(batch);
        try
        {
            await _database.WriteAsync(
                session =>
                {
                    for (var i = 0; i < prepared.Count; i++)
                    {
                        var outcome = Apply(session, batch, prepared[i].Operation, prepared[i].Json);
                        if (outcome != WriteOutcome.Written)
                        {
                            // Thrown so that the database takes back what the batch has changed so far.
                            throw new BatchRefusedException(new BatchResult(outcome, i));
                        }
                    }
                },
                cancellation).ConfigureAwait(false);
            return new BatchResult(WriteOutcome.Written);
        }
        catch (BatchRefusedException refused)
        {
            return refused.Result;
        }
    }

    public async IAsyncEnumerable<Stored<T>> AllAsync<T>(DocumentType<T> type, [EnumeratorCancellation] CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        var (partition, id) = ("", "");
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            var rows = _database.Read(session => SqliteDocumentRow.Scan(session, type.Container, partition, id, ScanPage));
            foreach (var row in rows.Where(r => r.Row.Type == type.Type))
            {
                yield return row.Row.As<T>();
            }

            if (rows.Count < ScanPage)
            {
                yield break;
            }

            (partition, id) = (rows[^1].Partition, rows[^1].Row.Id);
            await Task.Yield();
        }
    }

    public ValueTask DisposeAsync() => _database.DisposeAsync();

    /// <summary>For containers that are disposed synchronously; waits for the accepted writes.</summary>
    public void Dispose() => _database.DisposeAsync().AsTask().GetAwaiter().GetResult();

    private Task<(WriteOutcome Outcome, string ETag)> WriteAsync<T>(DocumentType<T> type, BatchKind kind, T document, string? ifMatch, CancellationToken cancellation)
        where T : class, IDocument
    {
        DocumentShape.Check(type);
        var json = DocumentShape.Serialize(document, typeof(T));
        var (container, partitionKey, id, discriminator) = (type.Container, document.PartitionKey, document.Id, type.Type);
        return _database.WriteAsync(session => SqliteDocumentRow.Write(session, kind, container, partitionKey, id, discriminator, json, ifMatch), cancellation);
    }

    private static WriteOutcome Apply(SqliteSession session, DocumentBatch batch, BatchOperation operation, string json) => operation.Kind switch
    {
        BatchKind.Patch => SqliteDocumentRow.Patch(session, batch.Container, batch.PartitionKey, operation.Id, operation.Type, operation.ClrType, operation.Patch!, operation.IfMatch).Outcome,
        BatchKind.Delete => SqliteDocumentRow.Delete(session, batch.Container, batch.PartitionKey, operation.Id, operation.Type, operation.IfMatch),
        var kind => SqliteDocumentRow.Write(session, kind, batch.Container, batch.PartitionKey, operation.Id, operation.Type, json, operation.IfMatch).Outcome,
    };

    private static WriteResult<T> Result<T>(WriteOutcome outcome, T document, string etag)
        where T : class, IDocument => new(outcome, outcome == WriteOutcome.Written ? new Stored<T>(document, etag) : null);

    private async Task EnsureIndexAsync(string? ddl, CancellationToken cancellation)
    {
        if (ddl is not null && !_indexes.ContainsKey(ddl))
        {
            await _database.WriteAsync(session => session.Execute(ddl), cancellation).ConfigureAwait(false);
            _indexes[ddl] = true;
        }
    }

    private static object?[] PositionParameters(DocumentQuery query, ListPosition? position) => position switch
    {
        null => [],
        _ when query.OrderBy == "id" => [position.Id],
        _ => [position.OrderedValue(), position.OrderedValue(), position.Id],
    };

    private static string TokenAfter((SqliteDocumentRow Row, object Key) last, DocumentQuery query, string fingerprint) =>
        new ListPosition(fingerprint, query.OrderBy == "id" ? null : JsonSerializer.SerializeToElement(last.Key), last.Row.Id).ToToken();

    private static List<(SqliteDocumentRow Row, object Key)> ReadRows(SqliteCommand command, CancellationToken cancellation)
    {
        var rows = new List<(SqliteDocumentRow, object)>();
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            cancellation.ThrowIfCancellationRequested();
            rows.Add((new SqliteDocumentRow(reader.GetString(0), "", reader.GetString(1), reader.GetString(2)), reader.GetValue(3)));
        }

        return rows;
    }

    private sealed class BatchRefusedException(BatchResult result) : Exception
    {
        public BatchResult Result { get; } = result;
    }
}
