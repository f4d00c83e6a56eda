using Microsoft.Data.Sqlite;

namespace Portico.Storage;

/// <summary>A write found no room on the disk. Nothing of it was stored; it may succeed once there is room again.</summary>
public sealed class DiskFullException : IOException
{
    private const int SqliteFull = 13;
    private const int SqliteSharedMemorySize = 4874;

    public DiskFullException(Exception cause)
        : base("The disk is full.", cause)
    {
    }

    /// <summary>The same failure, as this type where it means a full disk.</summary>
    internal static Exception From(Exception failure) => failure switch
    {
        SqliteException { SqliteErrorCode: SqliteFull } or SqliteException { SqliteExtendedErrorCode: SqliteSharedMemorySize } => new DiskFullException(failure),
        _ => failure,
    };
}
