using Portico.Storage;

namespace Storage.Tests;

public sealed class SqliteDatabaseTests : IDisposable
{
    private const string Schema = "CREATE TABLE IF NOT EXISTS entry (id TEXT PRIMARY KEY, value INTEGER NOT NULL)";
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-sqlite-").FullName;

    private string FilePath => Path.Combine(_folder, "test.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task WriteAsync_Acknowledged_IsThereAfterReopening()
    {
        await using (var database = SqliteDatabase.Open(FilePath, Schema))
        {
            await database.WriteAsync(s => s.Run("INSERT INTO entry VALUES ($1, $2)", "a", 7));
        }

        await using var reopened = SqliteDatabase.Open(FilePath, Schema);
        reopened.Read(s => s.Statement("SELECT value FROM entry WHERE id = $1", "a").ExecuteScalar()).ShouldBe(7L);
    }

    [Fact]
    public async Task WriteAsync_OneOfManyThrows_OnlyItsChangesAreRolledBack()
    {
        await using var database = SqliteDatabase.Open(FilePath, Schema);
        var writes = Enumerable.Range(0, 200).Select(i => database.WriteAsync(s =>
        {
            s.Run("INSERT INTO entry VALUES ($1, $2)", $"k{i}", i);
            return i % 10 == 3 ? throw new InvalidOperationException("refused " + i) : i;
        })).ToList();

        foreach (var (write, i) in writes.Select((w, i) => (w, i)))
        {
            if (i % 10 == 3)
            {
                (await Should.ThrowAsync<InvalidOperationException>(write)).Message.ShouldBe("refused " + i);
            }
            else
            {
                (await write).ShouldBe(i);
            }
        }

        database.Read(s => s.Statement("SELECT count(*) FROM entry").ExecuteScalar()).ShouldBe(180L);
        database.Read(s => s.Statement("SELECT count(*) FROM entry WHERE value % 10 = 3").ExecuteScalar()).ShouldBe(0L);
    }

    [Fact]
    public async Task WriteAsync_ManyCallers_ShareCommits()
    {
        var commits = 0;
        await using var database = SqliteDatabase.Open(FilePath, Schema, name => commits += name.EndsWith("commit.after", StringComparison.Ordinal) ? 1 : 0);
        await Task.WhenAll(Enumerable.Range(0, 500).Select(i => database.WriteAsync(s => s.Run("INSERT INTO entry VALUES ($1, $2)", $"k{i}", i))));

        commits.ShouldBeInRange(8, 250);
    }

    [Fact]
    public async Task WriteAsync_FailureBeforeCommit_LeavesNothingAndSaysSo()
    {
        var armed = true;
        await using var database = SqliteDatabase.Open(FilePath, Schema, name =>
        {
            if (armed && name == "sqlite.test.commit.before")
            {
                throw new IOException("the disk is gone");
            }
        });

        await Should.ThrowAsync<IOException>(database.WriteAsync(s => s.Run("INSERT INTO entry VALUES ('a', 1)")));
        armed = false;
        await database.WriteAsync(s => s.Run("INSERT INTO entry VALUES ('b', 2)"));

        database.Read(s => s.Statement("SELECT group_concat(id) FROM entry").ExecuteScalar()).ShouldBe("b");
    }

    [Fact]
    public async Task WriteAsync_CancelledBeforeItBegan_IsNotRun()
    {
        await using var database = SqliteDatabase.Open(FilePath, Schema);
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();

        await Should.ThrowAsync<TaskCanceledException>(database.WriteAsync(s => s.Run("INSERT INTO entry VALUES ('a', 1)"), cancelled.Token));

        database.Read(s => s.Statement("SELECT count(*) FROM entry").ExecuteScalar()).ShouldBe(0L);
    }
}
