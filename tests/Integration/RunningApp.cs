using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Integration;

/// <summary>
/// The built app as its own process, as ./run starts it: on a free port, with a data folder of its own and an Azurite
/// that it starts itself. One for all tests; each test makes accounts of its own.
/// </summary>
public sealed partial class RunningApp : IAsyncLifetime
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly bool _seedsDemo;
    private readonly (string Name, string Value)[] _settings;
    private readonly bool _ownsData;
    private Process? _process;

    public RunningApp()
        : this(Directory.CreateTempSubdirectory("portico-integration-").FullName, seedsDemo: false) => _ownsData = true;

    /// <summary>On a data folder that the caller keeps.</summary>
    /// <param name="settings">Environment variables beside the usual ones.</param>
    internal RunningApp(string dataPath, bool seedsDemo, params (string Name, string Value)[] settings) =>
        (DataPath, _seedsDemo, _settings) = (dataPath, seedsDemo, settings);

    public string DataPath { get; }

    /// <summary>Scheme, host and port.</summary>
    public Uri Origin { get; private set; } = null!;

    public int ProcessId => _process!.Id;

    /// <summary>Everything the app has written so far.</summary>
    public string Output
    {
        get
        {
            lock (_output)
            {
                return _output.ToString();
            }
        }
    }

    public async ValueTask InitializeAsync()
    {
        var start = Command();
        start.Environment["Portico__Port"] = "0";
        start.Environment["Portico__DataPath"] = DataPath;
        start.Environment["Portico__SeedDemo"] = _seedsDemo ? "true" : "false";
        foreach (var (name, value) in _settings)
        {
            start.Environment[name] = value;
        }

        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        var ended = _process.WaitForExitAsync();
        if (await Task.WhenAny(_ready.Task, ended, Task.Delay(StartPatience)) != _ready.Task)
        {
            throw new InvalidOperationException($"The app did not become ready:\n{Output}");
        }

        Origin = await _ready.Task;
    }

    public async ValueTask DisposeAsync()
    {
        if (_process is { HasExited: false })
        {
            // SIGTERM, so that Azurite is ended too and not orphaned.
            using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
            await kill.WaitForExitAsync();
            await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(TimeSpan.FromSeconds(40)));
            if (!_process.HasExited)
            {
                _process.Kill(entireProcessTree: true);
            }
        }

        if (_ownsData)
        {
            Directory.Delete(DataPath, recursive: true);
        }
    }

    /// <summary>How the built app is started with these arguments.</summary>
    internal static ProcessStartInfo Command(params string[] arguments) =>
        new("dotnet", [AppDll(), .. arguments]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository() };

    /// <summary>Ends the process as a power cut would.</summary>
    public async Task KillAsync()
    {
        _process!.Kill();
        await _process.WaitForExitAsync();
    }

    /// <summary>The first line that begins so, once it has been written.</summary>
    public async Task<string> LineAsync(string beginning, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? StartPatience);
        while (true)
        {
            if (Output.Split('\n').FirstOrDefault(line => line.StartsWith(beginning, StringComparison.Ordinal)) is { } found)
            {
                return found.Trim();
            }

            (DateTime.UtcNow < deadline).ShouldBeTrue($"No line begins with '{beginning}':\n{Output}");
            await Task.Delay(100);
        }
    }

    /// <summary>Process ids of Azurite: the app's children that run it.</summary>
    public IReadOnlyList<int> AzuriteProcessIds() =>
        [.. from folder in Directory.EnumerateDirectories("/proc")
            let id = int.TryParse(Path.GetFileName(folder), out var number) ? number : 0
            where id != 0 && IsAzuriteOf(folder)
            select id];

    private bool IsAzuriteOf(string processFolder)
    {
        try
        {
            var command = File.ReadAllText(Path.Combine(processFolder, "cmdline"));
            return command.Contains("azurite", StringComparison.Ordinal) && command.Contains(DataPath, StringComparison.Ordinal);
        }
        catch (IOException)
        {
            return false; // It ended while we looked.
        }
    }

    private void Read(string? line)
    {
        if (line is null)
        {
            return;
        }

        lock (_output)
        {
            _output.AppendLine(line);
        }

        if (Ready().Match(line) is { Success: true } ready)
        {
            _ready.TrySetResult(new Uri(ready.Groups[1].Value));
        }
    }

    private static string Repository()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    // Built together with this assembly, so in the same configuration.
    private static string AppDll()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        return Path.Combine(Repository(), "functions", "App", "bin", configuration, "net10.0", "Portico.App.dll");
    }

    [GeneratedRegex(@"^portico ready (\S+)")]
    private static partial Regex Ready();
}

[CollectionDefinition(Name)]
public sealed class AppCollection : ICollectionFixture<RunningApp>
{
    public const string Name = "the running app";
}
