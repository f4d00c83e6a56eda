using System.Diagnostics;
using Portico.Storage;

namespace Storage.Tests;

public sealed class SqliteCutTests : IDisposable
{
    private const string Schema = "CREATE TABLE IF NOT EXISTS counter (n INTEGER NOT NULL); INSERT INTO counter SELECT 0 WHERE NOT EXISTS (SELECT 1 FROM counter);";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("portico-cut-");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Take_WhileOthersWrite_ShowsAllFilesAtOneInstant()
    {
        // First is always written before second, so at any instant it is level with it or one ahead.
        await using var first = SqliteDatabase.Open(PathOf("first"), Schema);
        await using var second = SqliteDatabase.Open(PathOf("second"), Schema);
        using var enough = new CancellationTokenSource();
        var writing = Task.Run(async () =>
        {
            for (long n = 1; !enough.IsCancellationRequested; n++)
            {
                await first.WriteAsync(session => session.Run("UPDATE counter SET n = $1", n));
                await second.WriteAsync(session => session.Run("UPDATE counter SET n = $1", n));
            }
        });

        var seen = new List<long>();
        for (var round = 0; round < 12; round++)
        {
            var began = Stopwatch.GetTimestamp();
            using var cut = SqliteCut.Take([PathOf("first"), PathOf("second")]);
            TestContext.Current.TestOutputHelper?.WriteLine($"cut {Stopwatch.GetElapsedTime(began).TotalMilliseconds:0.00} ms, writers held {cut.HeldFor.TotalMilliseconds:0.00} ms");

            // Writers go on between the cut and the copies.
            await Task.Delay(20);
            cut.CopyTo(PathOf("second"), PathOf($"second-{round}"));
            cut.CopyTo(PathOf("first"), PathOf($"first-{round}"));

            var (a, b) = (await ReadAsync($"first-{round}"), await ReadAsync($"second-{round}"));
            (a - b).ShouldBeInRange(0, 1);
            seen.Add(a);
        }

        await enough.CancelAsync();
        await writing;
        seen.Distinct().Count().ShouldBe(seen.Count, "writers went on");
        (await ReadAsync("first")).ShouldBeGreaterThan(seen[^1]);
    }

    [Fact]
    public async Task FindDamage_OfASoundAndABrokenFile_TellsThemApart()
    {
        await using (SqliteDatabase.Open(PathOf("sound"), Schema))
        {
        }

        await File.WriteAllBytesAsync(PathOf("broken"), [.. (await File.ReadAllBytesAsync(PathOf("sound")))[..4096], .. new byte[4096]]);

        SqliteCut.FindDamage(PathOf("sound")).ShouldBeNull();
        SqliteCut.FindDamage(PathOf("broken")).ShouldNotBeNull();
    }

    private string PathOf(string name) => Path.Combine(_folder.FullName, $"{name}.db");

    private async Task<long> ReadAsync(string name)
    {
        await using var database = SqliteDatabase.Open(PathOf(name), Schema);
        return database.Read(session => (long)session.Statement("SELECT n FROM counter").ExecuteScalar()!);
    }
}
