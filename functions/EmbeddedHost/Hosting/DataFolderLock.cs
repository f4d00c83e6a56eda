namespace Portico.EmbeddedHost.Hosting;

/// <summary>One host at a time on a data folder. The operating system lets go of the lock when the process ends, however it ends.</summary>
internal sealed class DataFolderLock : IDisposable
{
    private readonly FileStream _file;

    private DataFolderLock(FileStream file) => _file = file;

    /// <exception cref="HostStartException">Another host runs on this folder.</exception>
    public static DataFolderLock Take(string dataPath)
    {
        Directory.CreateDirectory(dataPath);
        try
        {
            return new DataFolderLock(new FileStream(Path.Combine(dataPath, "host.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            throw new HostStartException($"Another Portico host is running on {dataPath}. Stop it, or set Portico__DataPath to another folder.");
        }
    }

    /// <summary>The lock on an existing folder; null while a host runs on it.</summary>
    public static DataFolderLock? TryTake(string dataPath)
    {
        try
        {
            return Take(dataPath);
        }
        catch (HostStartException)
        {
            return null;
        }
    }

    public void Dispose() => _file.Dispose();
}
