using System.Diagnostics;
using DocumentWriter;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Portico.Documents;
using Portico.Documents.Sqlite;

namespace App.Tests.Documents;

/// <summary>What is SQLite's own: the file, its indexes, its settings.</summary>
public sealed class SqliteDurabilityTests : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-durable-").FullName;

    private string FilePath => Path.Combine(_folder, "portico.db");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Fact]
    public async Task CreateAsync_ProcessKilledWhileWriting_EveryAcknowledgedDocumentIsThere()
    {
        var acknowledgedPath = Path.Combine(_folder, "acknowledged");
        using var writer = Process.Start(new ProcessStartInfo("dotnet", [typeof(Entry).Assembly.Location, FilePath, acknowledgedPath]))!;
        try
        {
            var watch = Stopwatch.StartNew();
            while (!File.Exists(acknowledgedPath) || new FileInfo(acknowledgedPath).Length < 16_000)
            {
                writer.HasExited.ShouldBeFalse("the writer ended by itself");
                watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(60), "the writer wrote nothing");
                await Task.Delay(20);
            }
        }
        finally
        {
            writer.Kill();
            await writer.WaitForExitAsync();
        }

        var text = await File.ReadAllTextAsync(acknowledgedPath);
        var acknowledged = text[..(text.LastIndexOf('\n') + 1)].Split('\n', StringSplitOptions.RemoveEmptyEntries);
        acknowledged.Length.ShouldBeGreaterThan(1000);
        await using var store = SqliteDocumentStore.Open(FilePath);
        foreach (var id in acknowledged)
        {
            (await store.GetAsync(Entry.Documents, id, id, None)).ShouldNotBeNull($"{id} was acknowledged");
        }

        Query("PRAGMA integrity_check").ShouldBe(["ok"]);
    }

    [Fact]
    public async Task CreateAsync_CommitFails_SaysSoAndLeavesNothing()
    {
        var failing = true;
        await using var store = SqliteDocumentStore.Open(FilePath, point =>
        {
            if (failing && point.EndsWith("commit.before", StringComparison.Ordinal))
            {
                throw new IOException("the disk is full");
            }
        });

        await Should.ThrowAsync<IOException>(() => store.CreateAsync(Entry.Documents, new Entry("a", 1, ""), None));
        failing = false;

        (await store.CreateAsync(Entry.Documents, new Entry("a", 2, ""), None)).Outcome.ShouldBe(WriteOutcome.Written);
        (await store.GetAsync(Entry.Documents, "a", "a", None))!.Document.Number.ShouldBe(2);
    }

    [Fact]
    public async Task AllAsync_ManyPartitions_YieldsEachDocumentOfTheTypeOnce()
    {
        await using var store = SqliteDocumentStore.Open(FilePath);
        await Task.WhenAll(Enumerable.Range(0, 950).Select(i =>
            store.CreateAsync(Note.Documents, new Note { Id = $"n{i}", BookId = $"b{i % 7}" }, None)));
        await Task.WhenAll(Enumerable.Range(0, 300).Select(i =>
            store.CreateAsync(Bookmark.Documents, new Bookmark($"m{i}", $"b{i % 7}", ""), None)));
        await store.CreateAsync(Entry.Documents, new Entry("other-container", 1, ""), None);

        var ids = new List<string>();
        await foreach (var note in store.AllAsync(Note.Documents, None))
        {
            ids.Add(note.Document.Id);
        }

        ids.Order(StringComparer.Ordinal).ShouldBe(Enumerable.Range(0, 950).Select(i => $"n{i}").Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task ListAsync_ByAProperty_WalksAnIndexAndNeverSorts()
    {
        await using var store = SqliteDocumentStore.Open(FilePath);
        await store.CreateAsync(Note.Documents, new Note { Id = "n", BookId = "b", At = DateTimeOffset.UnixEpoch }, None);
        foreach (var (orderBy, continues) in new[] { ("id", false), ("id", true), ("at", false), ("at", true) })
        {
            var query = new DocumentQuery(new Dictionary<string, object> { ["done"] = true }, orderBy, Descending: true);
            await store.ListAsync(Note.Documents, "b", query, None);
            var statement = ListStatement.For("notes", query, [.. query.Equal!], continues);

            var plan = string.Join('\n', Query("EXPLAIN QUERY PLAN " + statement.Sql));

            plan.ShouldContain(orderBy == "id" ? "SEARCH document USING INDEX sqlite_autoindex_document_1" : "SEARCH document USING INDEX document_notes_at");
            plan.ShouldNotContain("TEMP B-TREE");
        }
    }

    [Fact]
    public async Task AddDocuments_NoCosmosSetting_StoresUnderTheDataPath()
    {
        var configuration = new ConfigurationBuilder().AddInMemoryCollection(new Dictionary<string, string?> { ["Portico:DataPath"] = _folder }).Build();
        await using (var first = new ServiceCollection().AddDocuments(configuration).BuildServiceProvider())
        {
            await first.GetRequiredService<IDocumentStore>().CreateAsync(Entry.Documents, new Entry("a", 7, ""), None);
        }

        using var second = new ServiceCollection().AddDocuments(configuration).BuildServiceProvider();
        (await second.GetRequiredService<IDocumentStore>().GetAsync(Entry.Documents, "a", "a", None))!.Document.Number.ShouldBe(7);
        File.Exists(FilePath).ShouldBeTrue();
    }

    [Fact]
    public void AddDocuments_NoPlaceThatOutlivesTheProcess_FailsNamingTheSetting() =>
        Should.Throw<InvalidOperationException>(() => new ServiceCollection().AddDocuments(new ConfigurationBuilder().Build())).Message.ShouldContain("Portico__DataPath");

    /// <summary>The last column of each row, by a connection of the test's own.</summary>
    private List<string> Query(string sql)
    {
        using var connection = new SqliteConnection($"Data Source={FilePath};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        for (var i = 1; i <= 9; i++)
        {
            command.Parameters.AddWithValue("$" + i, i);
        }

        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(reader.GetString(reader.FieldCount - 1));
        }

        return rows;
    }
}
