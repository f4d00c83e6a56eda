using System.Runtime.InteropServices;

namespace Portico.Tools;

/// <summary>
/// An external program that may be run. The constructor is private: what stands here is the allow-list.
/// </summary>
public sealed class Tool
{
    /// <summary>Converts video. Debian: ffmpeg.</summary>
    public static readonly Tool Ffmpeg = new("ffmpeg", "ffmpeg", "ffmpeg", []);

    /// <summary>Reads what a video file says of itself. Debian: ffmpeg.</summary>
    public static readonly Tool Ffprobe = new("ffprobe", "ffmpeg", "ffprobe", []);

    /// <summary>Our own child that decodes pictures through libvips (functions/ImageWorker). Debian: libvips42.</summary>
    public static readonly Tool ImageWorker = new(
        "image worker",
        "libvips42",
        Path.GetFullPath(Path.Combine(RuntimeEnvironment.GetRuntimeDirectory(), "..", "..", "..", OperatingSystem.IsWindows() ? "dotnet.exe" : "dotnet")),
        [Path.Combine(AppContext.BaseDirectory, "Portico.ImageWorker.dll")]);

    // What confines the others; all three are in Debian's util-linux.
    internal static readonly Tool Setsid = new("setsid", "util-linux", "setsid", []);
    internal static readonly Tool Setpriv = new("setpriv", "util-linux", "setpriv", []);
    internal static readonly Tool Prlimit = new("prlimit", "util-linux", "prlimit", []);

    private readonly string _program;

    private Tool(string name, string debianPackage, string program, string[] leadingArguments)
    {
        Name = name;
        DebianPackage = debianPackage;
        _program = program;
        LeadingArguments = leadingArguments;
    }

    public string Name { get; }

    /// <summary>What to install when it is missing.</summary>
    public string DebianPackage { get; }

    /// <summary>Arguments that stand before the caller's.</summary>
    internal IReadOnlyList<string> LeadingArguments { get; }

    /// <summary>Where the program lies.</summary>
    /// <exception cref="ToolMissingException">It is not installed; the message names the package.</exception>
    public string Locate() => TryLocate() ?? throw new ToolMissingException(this);

    /// <summary>Where the program lies, or null when it is not installed.</summary>
    public string? TryLocate()
    {
        if (Path.IsPathRooted(_program))
        {
            return File.Exists(_program) ? _program : null;
        }

        return (Environment.GetEnvironmentVariable("PATH") ?? "/usr/local/bin:/usr/bin:/bin")
            .Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries)
            .Where(Path.IsPathRooted)
            .Select(folder => Path.Combine(folder, _program))
            .FirstOrDefault(File.Exists);
    }
}
