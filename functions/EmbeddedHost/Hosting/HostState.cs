using Portico.Storage;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>What triggers remember across restarts: <c>host.db</c> in the data folder.</summary>
internal sealed class HostState : IAsyncDisposable
{
    private const string Schema = """
        CREATE TABLE IF NOT EXISTS blob_receipt (
            function TEXT NOT NULL, container TEXT NOT NULL, blob TEXT NOT NULL, etag TEXT NOT NULL,
            state INTEGER NOT NULL, attempts INTEGER NOT NULL, error TEXT, updated_at TEXT NOT NULL,
            PRIMARY KEY (function, container, blob)) WITHOUT ROWID;
        CREATE INDEX IF NOT EXISTS blob_poison ON blob_receipt (updated_at) WHERE state = 2;
        CREATE TABLE IF NOT EXISTS timer (
            function TEXT PRIMARY KEY, schedule TEXT NOT NULL, last_run TEXT, next_run TEXT NOT NULL, updated_at TEXT NOT NULL) WITHOUT ROWID;
        """;

    public HostState(HostSettings settings) => Database = SqliteDatabase.Open(Path.Combine(settings.DataPath, "host.db"), Schema);

    public SqliteDatabase Database { get; }

    public ValueTask DisposeAsync() => Database.DisposeAsync();
}
