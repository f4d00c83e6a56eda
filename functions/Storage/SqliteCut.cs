using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Portico.Storage;

/// <summary>
/// Several database files as they stood at one instant, while others write to them: what a power cut at that instant
/// would have left. Writers of all files are held off together, for as long as it takes to begin reading each; from
/// then on they go on, and this keeps reading what was.
/// </summary>
public sealed class SqliteCut : IDisposable
{
    private readonly Dictionary<string, SqliteConnection> _readers = new(StringComparer.Ordinal);

    private SqliteCut()
    {
    }

    /// <summary>How long writers were held off.</summary>
    public TimeSpan HeldFor { get; private set; }

    /// <summary>Takes the cut through <paramref name="paths"/>, which exist and are in WAL mode.</summary>
    /// <exception cref="SqliteException">A writer held its file for longer than ten seconds, or a file is no database.</exception>
    public static SqliteCut Take(IEnumerable<string> paths)
    {
        SystemSqlite.EnsureBound();
        var cut = new SqliteCut();
        var locks = new List<SqliteConnection>();
        try
        {
            foreach (var path in paths)
            {
                locks.Add(Open(path));
                cut._readers[path] = Open(path);
            }

            var began = Stopwatch.GetTimestamp();

            // No writer of ours ever waits for one file while it holds another, so nobody waits in a circle.
            foreach (var file in locks)
            {
                Run(file, "BEGIN IMMEDIATE");
            }

            foreach (var reader in cut._readers.Values)
            {
                // The snapshot begins with the first read.
                Run(reader, "BEGIN");
                Run(reader, "SELECT count(*) FROM sqlite_master");
            }

            foreach (var file in locks)
            {
                Run(file, "ROLLBACK");
            }

            cut.HeldFor = Stopwatch.GetElapsedTime(began);
            return cut;
        }
        catch
        {
            cut.Dispose();
            throw;
        }
        finally
        {
            locks.ForEach(file => file.Dispose());
        }
    }

    /// <summary>Writes one of the files, as it stood, to <paramref name="destination"/>, which is empty or absent.</summary>
    public void CopyTo(string path, string destination)
    {
        using var copy = Open(destination);
        _readers[path].BackupDatabase(copy);
    }

    /// <summary>Lets go of what was read: the files may forget it.</summary>
    public void Dispose()
    {
        foreach (var reader in _readers.Values)
        {
            reader.Dispose();
        }

        _readers.Clear();
    }

    /// <summary>What SQLite finds wrong with a database file; null when it is sound.</summary>
    public static string? FindDamage(string path)
    {
        SystemSqlite.EnsureBound();
        try
        {
            using var file = Open(path);
            using var check = file.CreateCommand();
            check.CommandText = "PRAGMA quick_check(1)";
            var verdict = (string)check.ExecuteScalar()!;
            return verdict == "ok" ? null : verdict;
        }
        catch (SqliteException failure)
        {
            return failure.Message;
        }
    }

    private static SqliteConnection Open(string path)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Pooling = false, DefaultTimeout = 10 }.ToString());
        connection.Open();
        Run(connection, "PRAGMA busy_timeout=10000");
        return connection;
    }

    private static void Run(SqliteConnection connection, string sql)
    {
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
