using System.Diagnostics;
using Portico.Tools;

namespace App.Tests.Tools;

/// <summary>Work folders of a test's own, and ffmpeg, unconfined, to make files with and to look at results with.</summary>
public sealed class Workbench : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("portico-test-").FullName;

    public Workbench()
    {
        Folders = new WorkFolders(_root);
        Folder = Folders.Create();
    }

    public WorkFolders Folders { get; }

    public WorkFolder Folder { get; }

    public string Root => _root;

    public void Dispose()
    {
        Folder.Dispose();
        Directory.Delete(_root, recursive: true);
    }

    /// <summary>Puts bytes into the work folder; returns the file's name there.</summary>
    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(Folder.File(name), bytes);
        return name;
    }

    /// <summary>Runs ffmpeg in the work folder.</summary>
    /// <param name="arguments">Separated by single spaces; no value may hold one.</param>
    public void Ffmpeg(string arguments) => Run("ffmpeg", "-v error -nostdin -y " + arguments);

    /// <summary>What ffprobe says of the entries, a value a line.</summary>
    public string[] Ffprobe(string file, string entries) =>
        System.Text.Encoding.UTF8.GetString(Run("ffprobe", $"-v error -of default=nw=1:nk=1 -show_entries {entries} {file}"))
            .Split('\n', StringSplitOptions.RemoveEmptyEntries);

    /// <summary>A picture's, or a video's first, pixels as ffmpeg decodes them: another decoder than the one under test.</summary>
    public Pixels Decode(string file, int widthPx, int heightPx, string beforeInput = "")
    {
        var bytes = Run("ffmpeg", $"-v error -nostdin {beforeInput} -i {file} -frames:v 1 -f rawvideo -pix_fmt rgba -".Replace("  ", " "));
        bytes.Length.ShouldBe(widthPx * heightPx * 4, $"{file} should be {widthPx}×{heightPx}");
        return new Pixels(widthPx, heightPx, bytes);
    }

    /// <summary>Processes whose current folder lies in this workbench.</summary>
    public int[] LivingProcesses() =>
        [.. Directory.EnumerateDirectories("/proc")
            .Select(Path.GetFileName)
            .Select(name => int.TryParse(name, out var id) ? id : 0)
            .Where(id => id > 0 && CurrentFolder(id)?.StartsWith(_root, StringComparison.Ordinal) == true)];

    /// <summary>Those of them that have become the program: before, a child is still its launcher.</summary>
    public int[] LivingTools(string program) =>
        [.. LivingProcesses().Where(id => Path.GetFileName(Link($"/proc/{id}/exe")) == program)];

    private static string? CurrentFolder(int processId) => Link($"/proc/{processId}/cwd");

    private static string? Link(string path)
    {
        try
        {
            return Directory.ResolveLinkTarget(path, returnFinalTarget: false)?.FullName;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private byte[] Run(string program, string arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments.Split(' '))
        {
            WorkingDirectory = Folder.FolderPath,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        })!;
        var errors = process.StandardError.ReadToEndAsync();
        using var output = new MemoryStream();
        process.StandardOutput.BaseStream.CopyTo(output);
        process.WaitForExit();
        process.ExitCode.ShouldBe(0, $"{program} {arguments}: {errors.Result}");
        return output.ToArray();
    }
}

/// <summary>RGBA, rows from the top.</summary>
public sealed record Pixels(int WidthPx, int HeightPx, byte[] Rgba)
{
    /// <param name="x">0 (left) to 1.</param>
    /// <param name="y">0 (top) to 1.</param>
    public (int R, int G, int B, int A) At(double x, double y)
    {
        var at = 4 * ((int)(y * (HeightPx - 1)) * WidthPx + (int)(x * (WidthPx - 1)));
        return (Rgba[at], Rgba[at + 1], Rgba[at + 2], Rgba[at + 3]);
    }

    /// <summary>The nearest of the test pictures' colours, by name.</summary>
    public string NameAt(double x, double y)
    {
        var (r, g, b, _) = At(x, y);
        var (name, distance) = Named.Select(c => (c.Name, Distance: Math.Abs(c.R - r) + Math.Abs(c.G - g) + Math.Abs(c.B - b))).MinBy(c => c.Distance);
        return distance < 120 ? name : $"{r},{g},{b}";
    }

    private static readonly (string Name, int R, int G, int B)[] Named =
    [
        ("red", 255, 0, 0), ("green", 0, 255, 0), ("blue", 0, 0, 255), ("yellow", 255, 255, 0), ("white", 255, 255, 255), ("black", 0, 0, 0),
    ];
}
