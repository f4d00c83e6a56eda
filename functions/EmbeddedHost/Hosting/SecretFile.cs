using System.Security.Cryptography;

namespace Portico.EmbeddedHost.Hosting;

/// <summary>Random keys that are made at the first start and kept, readable by the owner alone.</summary>
internal static class SecretFile
{
    /// <summary>The 64-byte key named <paramref name="name"/> in <paramref name="dataPath"/>, in base64.</summary>
    public static string ReadOrCreate(string dataPath, string name)
    {
        var folder = Directory.CreateDirectory(Path.Combine(dataPath, "secrets")).FullName;
        var path = Path.Combine(folder, name);
        if (File.Exists(path))
        {
            return File.ReadAllText(path).Trim();
        }

        var key = Convert.ToBase64String(RandomNumberGenerator.GetBytes(64));

        // Written beside and renamed, so that a crash leaves no half key that would invalidate every token.
        var draft = $"{path}.{Environment.ProcessId}";
        using (var stream = new FileStream(draft, Options()))
        using (var writer = new StreamWriter(stream))
        {
            writer.Write(key);
        }

        File.Move(draft, path, overwrite: true);
        return key;
    }

    private static FileStreamOptions Options()
    {
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        return options;
    }
}
