using Portico.Tools;

namespace App.Tests.Tools;

public sealed class WorkFoldersTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("portico-test-").FullName;

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void Dispose_FolderHoldsFiles_NothingIsLeft()
    {
        using (var folder = new WorkFolders(_root).Create())
        {
            File.WriteAllText(folder.File("a"), "b");
        }

        Directory.EnumerateFileSystemEntries(_root).ShouldBeEmpty();
    }

    [Fact]
    public void DeleteStale_OwnerDied_FolderIsDeletedAndLivingOnesStay()
    {
        using var living = new WorkFolders(_root).Create();
        var abandoned = Path.Combine(_root, "abandoned");
        Directory.CreateDirectory(abandoned);
        File.WriteAllText(Path.Combine(abandoned, "source"), "left by a killed process");
        File.WriteAllText(abandoned + ".lock", "");

        new WorkFolders(_root).DeleteStale().ShouldBe(1);

        Directory.Exists(abandoned).ShouldBeFalse();
        File.Exists(abandoned + ".lock").ShouldBeFalse();
        Directory.Exists(living.FolderPath).ShouldBeTrue();
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void Create_Always_OnlyThisUserMayEnter()
    {
        using var folder = new WorkFolders(_root).Create();

        File.GetUnixFileMode(folder.FolderPath).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }
}
