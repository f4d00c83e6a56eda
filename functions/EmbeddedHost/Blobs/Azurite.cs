using System.Diagnostics;
using System.Net.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Blobs;

/// <summary>
/// Blob storage when no account is configured: Azurite as a child process with its data under the data folder. It dies
/// with the host, gracefully (its index reaches the disk), and is started again when it dies by itself.
/// </summary>
internal sealed class Azurite : IHostedLifecycleService, IReadyPart
{
    public const string ConnectionSetting = "AzureWebJobsStorage";
    private const string Account = "devstoreaccount1";

    private static readonly TimeSpan LongestBackOff = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan StopPatience = TimeSpan.FromSeconds(15);

    private readonly AzuriteCommand _command;
    private readonly BlobWrites _writes;
    private readonly ILogger<Azurite> _logger;
    private readonly TaskCompletionSource _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private volatile bool _stopping;
    private volatile Process? _process;

    public Azurite(AzuriteCommand command, BlobWrites writes, ILogger<Azurite> logger)
    {
        _command = command;
        _writes = writes;
        _logger = logger;
    }

    /// <summary>The process that runs now; null between two.</summary>
    public int? ProcessId => _process?.Id;

    /// <summary>
    /// When no storage account is configured, chooses Azurite's port and key and puts the connection string where the
    /// app looks for it. Null when there is an account.
    /// </summary>
    /// <exception cref="HostStartException">Azurite is not installed.</exception>
    public static AzuriteCommand? Configure(ConfigurationManager configuration, HostSettings settings)
    {
        if (IsReplaced(configuration))
        {
            return null;
        }

        var command = CommandFor(configuration, settings.DataPath, settings.Root);
        configuration[ConnectionSetting] = command.ConnectionString;
        return command;
    }

    /// <summary>Whether the settings name a storage account.</summary>
    public static bool IsReplaced(IConfiguration configuration) =>
        configuration[$"{ConnectionSetting}:blobServiceUri"] is { Length: > 0 }
        || (configuration[ConnectionSetting] is { Length: > 0 } configured && configured != "UseDevelopmentStorage=true");

    /// <summary>How Azurite is started on a data folder, on a free port.</summary>
    /// <exception cref="HostStartException">Azurite is not installed.</exception>
    public static AzuriteCommand CommandFor(IConfiguration configuration, string dataPath, string root) => new(
        Script: FindScript(configuration["Portico:AzuritePath"], root),
        Location: Path.Combine(dataPath, "azurite"),
        LockFile: Path.Combine(dataPath, "azurite.lock"),
        Port: FreePort.Take(),
        Account,
        Key: SecretFile.ReadOrCreate(dataPath, "azurite.key"));

    public Task StartAsync(CancellationToken cancellationToken)
    {
        // PR_SET_PDEATHSIG fires when the *thread* that forked ends: this one lives as long as the host does.
        new Thread(Supervise) { IsBackground = true, Name = "azurite" }.Start();
        return Task.CompletedTask;
    }

    public async Task StopAsync(CancellationToken cancellationToken)
    {
        _stopping = true;
        if (_process is { } process)
        {
            Signal.Terminate(process);
        }

        await _ended.Task.WaitAsync(StopPatience, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    /// <summary>The app's own start (containers, the reconciler) comes after this; HTTP is already served.</summary>
    public Task StartedAsync(CancellationToken cancellationToken) => WhenReadyAsync(cancellationToken);

    public Task StartingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task WhenReadyAsync(CancellationToken cancellation) => _ready.Task.WaitAsync(cancellation);

    private void Supervise()
    {
        var backOff = TimeSpan.FromMilliseconds(100);
        while (!_stopping)
        {
            var started = Stopwatch.GetTimestamp();
            using (var process = _command.Start(_writes.ReadAccessLog, line => _logger.LogWarning("azurite: {Line}", line)))
            {
                _process = process;
                if (_stopping)
                {
                    Signal.Terminate(process);
                }

                AnnounceWhenAnswering(process);
                process.WaitForExit();
                _process = null;
                if (_stopping)
                {
                    break;
                }

                _logger.LogError("Azurite ended with exit code {ExitCode}: starting it again in {BackOff}. What it acknowledged in its last seconds may be lost if it was killed.", process.ExitCode, backOff);
            }

            Thread.Sleep(backOff);
            backOff = Stopwatch.GetElapsedTime(started) > TimeSpan.FromMinutes(1) ? TimeSpan.FromMilliseconds(100) : TimeSpan.FromTicks(Math.Min(backOff.Ticks * 2, LongestBackOff.Ticks));
        }

        _ended.SetResult();
    }

    private void AnnounceWhenAnswering(Process process)
    {
        while (!process.HasExited)
        {
            try
            {
                using var probe = new TcpClient();
                probe.Connect("127.0.0.1", _command.Port);
                _logger.LogInformation("Azurite answers on port {Port}", _command.Port);
                _ready.TrySetResult();
                return;
            }
            catch (SocketException)
            {
                Thread.Sleep(20);
            }
        }
    }

    private static string FindScript(string? configured, string root)
    {
        if (configured is not null)
        {
            return File.Exists(configured) ? configured : throw new HostStartException($"Portico__AzuritePath names {configured}, which does not exist.");
        }

        var relative = Path.Combine("node_modules", "azurite", "dist", "src", "blob", "main.js");
        for (var folder = new DirectoryInfo(root); folder is not null; folder = folder.Parent)
        {
            var script = Path.Combine(folder.FullName, relative);
            if (File.Exists(script))
            {
                return script;
            }
        }

        throw new HostStartException($"Azurite is not installed: run 'npm ci' in {root}, or set {ConnectionSetting} to a storage account.");
    }
}

/// <summary>How Azurite is started.</summary>
internal sealed record AzuriteCommand(string Script, string Location, string LockFile, int Port, string Account, string Key)
{
    /// <summary>What the app connects with: an account of this data folder's own key, on loopback.</summary>
    public string ConnectionString =>
        $"DefaultEndpointsProtocol=http;AccountName={Account};AccountKey={Key};BlobEndpoint=http://127.0.0.1:{Port}/{Account};";

    /// <remarks>
    /// <c>setpriv</c>: terminated, not killed, when the host dies. <c>setsid</c>: Ctrl-C in a terminal reaches the host
    /// alone, which drains first. <c>flock</c>: a predecessor that still writes its index is waited for, since two on
    /// one folder would overwrite each other's. None of them forks: the process is Azurite itself.
    /// <c>azurite-guard.cjs</c>: what is told it while it starts, or while nobody reads its log any more, reaches it.
    /// </remarks>
    public Process Start(Action<string> onOutput, Action<string> onError)
    {
        Directory.CreateDirectory(Location);
        string[] guarded = OperatingSystem.IsLinux()
            ? ["setpriv", "--pdeathsig", "TERM", "setsid", "flock", "--no-fork", "--timeout", "30", LockFile, "node"]
            : ["node"];
        var guard = Path.Combine(AppContext.BaseDirectory, "azurite-guard.cjs");
        var start = new ProcessStartInfo(guarded[0]) { RedirectStandardOutput = true, RedirectStandardError = true, RedirectStandardInput = true };
        foreach (var argument in (IEnumerable<string>)[.. guarded[1..], "--require", guard, Script, "--disableTelemetry", "--skipApiVersionCheck", "--location", Location, "--blobHost", "127.0.0.1", "--blobPort", $"{Port}"])
        {
            start.ArgumentList.Add(argument);
        }

        start.Environment["AZURITE_ACCOUNTS"] = $"{Account}:{Key}";
        var process = Process.Start(start)!;
        process.OutputDataReceived += (_, line) => Pass(line.Data, onOutput);
        process.ErrorDataReceived += (_, line) => Pass(line.Data, onError);
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        process.StandardInput.Close();
        return process;
    }

    private static void Pass(string? line, Action<string> to)
    {
        if (!string.IsNullOrEmpty(line))
        {
            to(line);
        }
    }
}
