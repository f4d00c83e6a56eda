namespace Portico.Tools;

/// <summary>Makes temporary folders for tools and sweeps those that a killed process left behind.</summary>
public sealed class WorkFolders
{
    private const string LockSuffix = ".lock";
    private readonly string _root;

    /// <param name="root">Holds the folders; by default one of this user's under the system's temporary folder.</param>
    public WorkFolders(string? root = null)
    {
        _root = root ?? Path.Combine(Path.GetTempPath(), $"portico-work-{Environment.UserName}");
        CreatePrivate(_root);
    }

    /// <summary>An empty folder that only this user can enter, gone with <see cref="WorkFolder.Dispose"/>.</summary>
    public WorkFolder Create()
    {
        var path = Path.Combine(_root, Guid.CreateVersion7().ToString("n"));

        // The lock comes before the folder and dies with the process: a folder whose lock is free has no owner.
        var ownership = new FileStream(path + LockSuffix, FileMode.CreateNew, FileAccess.Write, FileShare.None);
        CreatePrivate(path);
        return new WorkFolder(path, ownership);
    }

    /// <summary>Deletes the folders whose process has died. Safe while other processes work beside us.</summary>
    /// <returns>How many were deleted.</returns>
    public int DeleteStale()
    {
        var deleted = 0;
        foreach (var lockFile in Directory.EnumerateFiles(_root, "*" + LockSuffix))
        {
            try
            {
                using var ownership = new FileStream(lockFile, FileMode.Open, FileAccess.Write, FileShare.None);
                var folder = lockFile[..^LockSuffix.Length];
                if (Directory.Exists(folder))
                {
                    Directory.Delete(folder, recursive: true);
                    deleted++;
                }

                File.Delete(lockFile);
            }
            catch (IOException)
            {
                // Its owner lives, or another process is sweeping it: either way it is in hands.
            }
        }

        return deleted;
    }

    private static void CreatePrivate(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}

/// <summary>A tool's working folder. Names inside it are ours: nothing a client sent becomes a file name.</summary>
public sealed class WorkFolder : IDisposable
{
    private readonly FileStream _ownership;

    internal WorkFolder(string path, FileStream ownership)
    {
        FolderPath = path;
        _ownership = ownership;
    }

    public string FolderPath { get; }

    /// <summary>The full path of a file in the folder.</summary>
    public string File(string name) => Path.Combine(FolderPath, name);

    public void Dispose()
    {
        try
        {
            Directory.Delete(FolderPath, recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Disposed twice, or swept by hand: it is gone, which is what was asked for.
        }

        System.IO.File.Delete(_ownership.Name);
        _ownership.Dispose();
    }
}
