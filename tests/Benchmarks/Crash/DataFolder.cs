using System.Text.Json;
using CrashWorkload;
using Portico.Storage;

namespace CrashBenchmark;

/// <summary>Reads a dead host's files.</summary>
public static class DataFolder
{
    /// <summary>
    /// Looks at copies, so that the next host finds the files as the last one left them: opening a database would tidy up
    /// its write-ahead log.
    /// </summary>
    public static async Task<(Look Look, IReadOnlyList<CheckedDatabase> Databases)> LookAsync(string dataPath, string journalPath)
    {
        var copy = Directory.CreateTempSubdirectory("portico-crash-look-");
        try
        {
            foreach (var file in Directory.EnumerateFiles(dataPath, "*.db").Concat(Directory.EnumerateFiles(dataPath, "*.db-wal")))
            {
                File.Copy(file, Path.Combine(copy.FullName, Path.GetFileName(file)));
            }

            var journalLength = ActivityJournal.Read(journalPath).Count;
            return (new(journalLength, await RecordedAsync(copy.FullName)), await CheckAsync(copy.FullName));
        }
        finally
        {
            copy.Delete(recursive: true);
        }
    }

    /// <summary>SQLite's own check of every database in the folder.</summary>
    public static async Task<IReadOnlyList<CheckedDatabase>> CheckAsync(string dataPath)
    {
        var results = new List<CheckedDatabase>();
        foreach (var file in Directory.EnumerateFiles(dataPath, "*.db").Order())
        {
            string result;
            try
            {
                await using var database = SqliteDatabase.Open(file, "PRAGMA user_version");
                result = database.Read(session => (string)session.Statement("PRAGMA integrity_check").ExecuteScalar()!);
            }
            catch (Microsoft.Data.Sqlite.SqliteException failure)
            {
                result = failure.Message;
            }

            results.Add(new(Path.GetFileName(file), result));
        }

        return results;
    }

    /// <summary>The activities whose end is in a history: docs/embedded-host-durable.md describes the tables.</summary>
    public static async Task<IReadOnlyList<RecordedActivity>> RecordedAsync(string dataPath)
    {
        var file = Path.Combine(dataPath, "durable.db");
        if (!File.Exists(file))
        {
            return [];
        }

        await using var database = SqliteDatabase.Open(file, "PRAGMA user_version");
        return database.Read(session =>
        {
            var list = new List<RecordedActivity>();
            using var has = session.Statement("SELECT count(*) FROM sqlite_master WHERE name IN ('instances', 'events', 'actions')").ExecuteReader();
            if (!has.Read() || has.GetInt32(0) < 3)
            {
                return list; // Killed before the first start had made them.
            }

            using var rows = session.Statement("""
                SELECT instances.id, actions.task_id, actions.name, actions.payload, events.kind, events.at
                FROM actions JOIN events USING(execution, task_id) JOIN instances USING(execution)
                WHERE actions.kind = 0 AND events.kind IN (1, 2, 3)
                """).ExecuteReader();
            while (rows.Read())
            {
                // A payload that is too long for its row lies elsewhere; "@" and a number stand for it. Ours are short.
                var input = rows.IsDBNull(3) || rows.GetString(3).StartsWith('@') ? default : JsonDocument.Parse(rows.GetString(3)).RootElement;
                list.Add(new(rows.GetString(0), StageOf(input), rows.GetInt32(1), rows.GetString(2), rows.GetInt32(4) == 1, rows.GetInt64(5), SubjectOf(input)));
            }

            return list;
        });
    }

    private static int StageOf(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty(nameof(Step.Stage), out var stage) ? stage.GetInt32() : 0;

    private static string? SubjectOf(JsonElement input) =>
        input.ValueKind == JsonValueKind.Object && input.TryGetProperty("Source", out var source) && source.TryGetProperty("AssetId", out var id) ? id.GetString() : null;
}
