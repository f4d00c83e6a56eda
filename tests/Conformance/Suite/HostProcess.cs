using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using System.Text;
using System.Text.RegularExpressions;

namespace Conformance;

/// <summary>A host that the suite starts, stops and starts again on the same data.</summary>
internal sealed partial class HostProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(45);

    private readonly string? _command;
    private readonly Uri? _origin;
    private readonly string _dataPath = Directory.CreateTempSubdirectory("portico-conformance-").FullName;
    private readonly StringBuilder _output = new();
    private Process? _process;

    private HostProcess(string? command, Uri? origin) => (_command, _origin) = (command, origin);

    /// <summary>Null when the environment names a host that runs already.</summary>
    public static HostProcess? FromEnvironment()
    {
        var command = Environment.GetEnvironmentVariable("PORTICO_CONFORMANCE_START");
        var origin = Target.OriginFromEnvironment();
        return string.IsNullOrEmpty(command) && origin is not null ? null : new HostProcess(string.IsNullOrEmpty(command) ? null : command, origin);
    }

    /// <summary>Returns when the host answers: its scheme, host and port.</summary>
    public Task<Uri> StartAsync() => _command is null ? StartEmbeddedAsync() : StartCommandAsync(_command);

    public Task WaitForEndAsync() => _process!.WaitForExitAsync().WaitAsync(StopPatience);

    /// <summary>Ends it as ./run does on Ctrl-C.</summary>
    public async Task StopAsync()
    {
        if (_process is not { HasExited: false })
        {
            return;
        }

        using var kill = Process.Start("kill", ["-TERM", _process.Id.ToString()]);
        await kill.WaitForExitAsync();
        await Task.WhenAny(_process.WaitForExitAsync(), Task.Delay(StopPatience));
        if (!_process.HasExited)
        {
            _process.Kill(entireProcessTree: true);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        Directory.Delete(_dataPath, recursive: true);
    }

    private async Task<Uri> StartEmbeddedAsync()
    {
        var configuration = new DirectoryInfo(AppContext.BaseDirectory).Parent!.Name;
        var functions = Path.Combine(Repository(), "tests", "Conformance", "Functions", "bin", configuration, "net10.0", "Conformance.Functions.dll");
        var ready = new TaskCompletionSource<Uri>(TaskCreationOptions.RunContinuationsAsynchronously);
        var start = new ProcessStartInfo("dotnet", [functions]) { WorkingDirectory = Repository() };
        start.Environment["Portico__Port"] = "0";
        start.Environment["Portico__DataPath"] = _dataPath;
        start.Environment["Web__Root"] = Path.Combine(_dataPath, "web");

        // What a test leaves running holds up a stop no longer than this.
        start.Environment["Portico__DrainSeconds"] = "3";

        // Poison after 1.5 s and not 15; and several sweeps while the suite runs, so that receipts are put to the test.
        start.Environment["Portico__BlobRetrySeconds"] = "0.1";
        start.Environment["Portico__BlobSweepSeconds"] = "1";
        Run(start, line =>
        {
            if (Ready().Match(line) is { Success: true } match)
            {
                ready.TrySetResult(new Uri(match.Groups[1].Value));
            }
        });
        return await OrFailAsync(ready.Task);
    }

    private async Task<Uri> StartCommandAsync(string command)
    {
        var origin = _origin ?? new Uri($"http://localhost:{FreePort()}");
        Run(new ProcessStartInfo("bash", ["-c", "exec " + command.Replace("{port}", origin.Port.ToString(), StringComparison.Ordinal)]) { WorkingDirectory = Repository() }, _ => { });
        return await OrFailAsync(WhenAnswersAsync(origin));
    }

    private static async Task<Uri> WhenAnswersAsync(Uri origin)
    {
        using var http = new HttpClient { Timeout = TimeSpan.FromSeconds(10) };
        while (true)
        {
            try
            {
                if ((await http.GetAsync(new Uri(origin, "conformance/v1/alive"))).StatusCode == HttpStatusCode.OK)
                {
                    return origin;
                }
            }
            catch (Exception notYet) when (notYet is HttpRequestException or OperationCanceledException)
            {
            }

            await Task.Delay(500);
        }
    }

    private void Run(ProcessStartInfo start, Action<string> read)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        _process = Process.Start(start)!;
        foreach (var listen in new Action<DataReceivedEventHandler>[] { handler => _process.OutputDataReceived += handler, handler => _process.ErrorDataReceived += handler })
        {
            listen((_, line) =>
            {
                if (line.Data is not null)
                {
                    lock (_output)
                    {
                        _output.AppendLine(line.Data);
                    }

                    read(line.Data);
                }
            });
        }

        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task<Uri> OrFailAsync(Task<Uri> ready)
    {
        if (await Task.WhenAny(ready, _process!.WaitForExitAsync(), Task.Delay(StartPatience)) != ready)
        {
            lock (_output)
            {
                throw new InvalidOperationException($"The host did not become ready:\n{_output}");
            }
        }

        return await ready;
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

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    [GeneratedRegex(@"^portico ready (\S+)")]
    private static partial Regex Ready();
}
