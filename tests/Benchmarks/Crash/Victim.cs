using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace CrashBenchmark;

/// <summary>A host that is started again and again on one data folder, as a process of its own.</summary>
/// <param name="Name">In reports.</param>
/// <param name="Dll">What <c>dotnet</c> starts.</param>
public sealed record Victim(string Name, string Dll, string DataPath, IReadOnlyDictionary<string, string> Environment)
{
    public Life Start() => new(this);
}

/// <summary>One process from its start to its end.</summary>
public sealed partial class Life : IDisposable
{
    private readonly Process _process;
    private readonly StringBuilder _output = new();
    private readonly TaskCompletionSource<Uri> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly long _started = Stopwatch.GetTimestamp();

    internal Life(Victim victim)
    {
        var start = new ProcessStartInfo("dotnet", [victim.Dll]) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = Repository.Root };
        foreach (var (name, value) in victim.Environment)
        {
            start.Environment[name] = value;
        }

        start.Environment["Portico__Port"] = "0";
        start.Environment["Portico__DataPath"] = victim.DataPath;
        start.Environment["Portico__SeedDemo"] = "false";
        _process = Process.Start(start)!;
        _process.OutputDataReceived += (_, line) => Read(line.Data);
        _process.ErrorDataReceived += (_, line) => Read(line.Data);
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Ended = _process.WaitForExitAsync();
    }

    /// <summary>Scheme, host and port, once the host says that it is ready.</summary>
    public Task<Uri> Ready => _ready.Task;

    /// <summary>From the start of the process to the line that says ready.</summary>
    public TimeSpan ReadyAfter { get; private set; }

    public Task Ended { get; }

    /// <summary>Everything it has written so far.</summary>
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

    /// <summary>Between choosing a free port and listening on it, another process may take it: the one start that may fail.</summary>
    public bool LostItsPort => Output.Contains("address already in use", StringComparison.OrdinalIgnoreCase);

    /// <summary>How to reach the Azurite that the host started.</summary>
    public string AzuriteConnection(string dataPath)
    {
        var port = AzuritePort().Match(Output).Groups[1].Value;
        var key = File.ReadAllText(Path.Combine(dataPath, "secrets", "azurite.key")).Trim();
        return $"DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey={key};BlobEndpoint=http://127.0.0.1:{port}/devstoreaccount1;";
    }

    /// <summary>SIGKILL, unless it has ended by itself; returns once it is gone. True when it was alive.</summary>
    public async Task<bool> KillAsync()
    {
        var alive = !_process.HasExited;
        _process.Kill();
        await Ended;
        return alive && _process.ExitCode == 128 + 9;
    }

    /// <summary>SIGTERM; returns its exit code.</summary>
    public async Task<int> StopAsync()
    {
        using var kill = Process.Start("kill", ["-TERM", $"{_process.Id}"]);
        await kill.WaitForExitAsync();
        await Ended;
        return _process.ExitCode;
    }

    public void Dispose() => _process.Dispose();

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

        if (ReadyLine().Match(line) is { Success: true } ready)
        {
            ReadyAfter = Stopwatch.GetElapsedTime(_started);
            _ready.TrySetResult(new Uri(ready.Groups[1].Value));
        }
    }

    [GeneratedRegex(@"^portico ready (\S+)")]
    private static partial Regex ReadyLine();

    [GeneratedRegex(@"Azurite answers on port (\d+)")]
    private static partial Regex AzuritePort();
}

/// <summary>Where the repository lies, seen from the built program.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>A program that was built in the same configuration as this one.</summary>
    public static string Built(string folder, string project, string dll) =>
        Path.Combine(Root, folder, project, "bin", new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name, "net10.0", dll);

    private static string FindRoot()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Serverless.sln")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
