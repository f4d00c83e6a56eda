using Portico.EmbeddedHost.Hosting;
using Portico.Storage;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Which version of which blob each function has dealt with. A version is done once its function returned; a version
/// that failed too often is poison and is left alone until the blob is overwritten.
/// </summary>
/// <remarks>A try is counted when it starts, so that a blob that ends the process is poison in the end, too.</remarks>
internal sealed class BlobReceipts(HostState state, TimeProvider clock)
{
    private const int Pending = 0;
    private const int Done = 1;
    private const int Poison = 2;

    private string Now => clock.GetUtcNow().ToString("O");

    /// <summary>Counts a try. Null when there is nothing to do: this version is done or poison.</summary>
    /// <param name="mostTries">After this many a version that never ended is poison.</param>
    /// <returns>The number of this try, from 1.</returns>
    public Task<int?> BeginAsync(BlobKey key, string etag, int mostTries) =>
        state.Database.WriteAsync<int?>(session =>
        {
            var (known, knownState, tries) = Read(session, key);
            if (known != etag)
            {
                tries = 0;
            }
            else if (knownState is Done or Poison)
            {
                return null;
            }
            else if (tries >= mostTries)
            {
                Write(session, key, etag, Poison, tries, "The host ended during every try.");
                return null;
            }

            Write(session, key, etag, Pending, tries + 1, null);
            return tries + 1;
        });

    /// <summary>The function returned.</summary>
    public Task CompleteAsync(BlobKey key, string etag) => state.Database.WriteAsync(session =>
    {
        if (Read(session, key) is var (known, _, tries) && known == etag)
        {
            Write(session, key, etag, Done, tries, null);
        }
    });

    /// <summary>The function threw. True when the version is poison now.</summary>
    public Task<bool> FailAsync(BlobKey key, string etag, int mostTries, string error) => state.Database.WriteAsync(session =>
    {
        var (known, _, tries) = Read(session, key);
        if (known != etag)
        {
            return false;
        }

        Write(session, key, etag, tries >= mostTries ? Poison : Pending, tries, error);
        return tries >= mostTries;
    });

    /// <summary>The try did not count: storage was away, or the host is stopping.</summary>
    public Task ForgiveAsync(BlobKey key, string etag) => state.Database.WriteAsync(session =>
    {
        if (Read(session, key) is var (known, _, tries) && known == etag && tries > 0)
        {
            Write(session, key, etag, Pending, tries - 1, null);
        }
    });

    /// <summary>Whether this version needs no run.</summary>
    public bool IsSettled(BlobKey key, string etag) => state.Database.Read(session =>
        Read(session, key) is var (known, knownState, _) && known == etag && knownState is Done or Poison);

    /// <summary>Forgets a blob that is gone.</summary>
    public Task ForgetAsync(BlobKey key) => state.Database.WriteAsync(session =>
        session.Run("DELETE FROM blob_receipt WHERE function = $1 AND container = $2 AND blob = $3", key.Function, key.Container, key.Blob));

    /// <summary>Versions that were given up on, latest first.</summary>
    public IReadOnlyList<PoisonBlob> ListPoison() => state.Database.Read(session =>
    {
        var list = new List<PoisonBlob>();
        using var rows = session.Statement("SELECT function, container, blob, etag, attempts, error, updated_at FROM blob_receipt WHERE state = 2 ORDER BY updated_at DESC").ExecuteReader();
        while (rows.Read())
        {
            list.Add(new PoisonBlob(new BlobKey(rows.GetString(0), rows.GetString(1), rows.GetString(2)), rows.GetString(3), rows.GetInt32(4),
                rows.IsDBNull(5) ? string.Empty : rows.GetString(5), DateTimeOffset.Parse(rows.GetString(6), System.Globalization.CultureInfo.InvariantCulture)));
        }

        return list;
    });

    private static (string? ETag, int State, int Tries) Read(SqliteSession session, BlobKey key)
    {
        using var row = session.Statement("SELECT etag, state, attempts FROM blob_receipt WHERE function = $1 AND container = $2 AND blob = $3", key.Function, key.Container, key.Blob).ExecuteReader();
        return row.Read() ? (row.GetString(0), row.GetInt32(1), row.GetInt32(2)) : (null, Pending, 0);
    }

    private void Write(SqliteSession session, BlobKey key, string etag, int newState, int tries, string? error) =>
        session.Run(
            "INSERT INTO blob_receipt VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT DO UPDATE SET etag = $4, state = $5, attempts = $6, error = $7, updated_at = $8",
            key.Function, key.Container, key.Blob, etag, newState, tries, error, Now);
}

/// <summary>One blob as one function sees it.</summary>
internal readonly record struct BlobKey(string Function, string Container, string Blob);

/// <summary>A version of a blob that a function failed on too often.</summary>
internal sealed record PoisonBlob(BlobKey Key, string ETag, int Tries, string Error, DateTimeOffset Since);
