using System.Reflection;
using System.Runtime.InteropServices;
using SQLitePCL;

namespace Portico.Storage;

/// <summary>
/// Binds the managed SQLite provider to the operating system's library, which is the one that receives
/// security patches (docs/adr/0002-sqlite-on-the-systems-library.md).
/// </summary>
internal static class SystemSqlite
{
    private static readonly string[] Candidates = OperatingSystem.IsMacOS()
        ? ["libsqlite3.dylib"]
        : OperatingSystem.IsWindows() ? ["winsqlite3.dll", "sqlite3.dll"] : ["libsqlite3.so.0", "libsqlite3.so"];

    private static readonly Lazy<bool> Bound = new(Bind);

    /// <exception cref="DllNotFoundException">The operating system has no SQLite; the message names the package.</exception>
    public static void EnsureBound() => _ = Bound.Value;

    private static bool Bind()
    {
        NativeLibrary.SetDllImportResolver(typeof(SQLite3Provider_e_sqlite3).Assembly, Resolve);
        raw.SetProvider(new SQLite3Provider_e_sqlite3());
        return true;
    }

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? search)
    {
        if (name != "e_sqlite3")
        {
            return 0;
        }

        foreach (var candidate in Candidates)
        {
            if (NativeLibrary.TryLoad(candidate, out var handle))
            {
                return handle;
            }
        }

        throw new DllNotFoundException($"SQLite is not installed: looked for {string.Join(", ", Candidates)}. On Debian and Ubuntu: apt-get install libsqlite3-0");
    }
}
