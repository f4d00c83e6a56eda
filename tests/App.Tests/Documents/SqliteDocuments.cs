using Portico.Documents;
using Portico.Documents.Sqlite;

namespace App.Tests.Documents;

/// <summary>One SQLite file for the whole class of tests, so that they also show that partitions keep apart.</summary>
public sealed class SqliteDocuments : IAsyncDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-documents-").FullName;

    public SqliteDocuments() => Store = SqliteDocumentStore.Open(Path.Combine(_folder, "portico.db"));

    public SqliteDocumentStore Store { get; }

    public async ValueTask DisposeAsync()
    {
        await Store.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }
}

public sealed class SqliteDocumentStoreTests(SqliteDocuments sqlite) : DocumentStoreContract, IClassFixture<SqliteDocuments>
{
    protected override IDocumentStore Store => sqlite.Store;
}

public sealed class SqliteDocumentPatchTests(SqliteDocuments sqlite) : DocumentPatchContract, IClassFixture<SqliteDocuments>
{
    protected override IDocumentStore Store => sqlite.Store;
}

public sealed class SqliteDocumentListTests(SqliteDocuments sqlite) : DocumentListContract, IClassFixture<SqliteDocuments>
{
    protected override IDocumentStore Store => sqlite.Store;
}
