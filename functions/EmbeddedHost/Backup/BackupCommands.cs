using System.Runtime.InteropServices;
using System.Text.Json;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Backup;

/// <summary>
/// <c>backup FILE</c> and <c>restore FILE [--force]</c>: commands of the program beside running. A backup needs no stop:
/// it reads the data folder of a running host from a process of its own. A restore wants the folder for itself.
/// </summary>
internal sealed class BackupCommands(IConfiguration configuration, string root)
{
    private readonly string _dataPath = HostSettings.DataPathOf(configuration, root);

    /// <summary>Runs the command that the arguments ask for.</summary>
    /// <returns>The exit code; null when they ask for none.</returns>
    public int? RunIfAsked(string[] args)
    {
        if (args is not ["backup" or "restore", ..])
        {
            return null;
        }

        var files = args[1..].Where(argument => argument != "--force").ToArray();
        if (files is not [var file] || (args[0] == "backup" && args.Contains("--force")))
        {
            Console.Error.WriteLine("Usage: backup FILE, or restore FILE [--force]");
            return 2;
        }

        using var stop = new CancellationTokenSource();
        using var onInterrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var onTerminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            var path = Path.GetFullPath(file);
            (args[0] == "backup" ? BackupAsync(path, stop.Token) : RestoreAsync(path, args.Contains("--force"), stop.Token)).GetAwaiter().GetResult();
            return 0;
        }
        catch (OperationCanceledException)
        {
            Console.Error.WriteLine("Stopped; nothing was left behind.");
            return 130;
        }
        catch (Exception failure) when (failure is BackupException or HostStartException or IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException or Azure.RequestFailedException or AggregateException)
        {
            Console.Error.WriteLine(failure is BackupException or HostStartException ? failure.Message : $"The {args[0]} failed: {failure.Message}");
            return 1;
        }

        void Stop(PosixSignalContext signal)
        {
            signal.Cancel = true;
            stop.Cancel();
        }
    }

    private async Task BackupAsync(string file, CancellationToken cancellation)
    {
        if (!Directory.Exists(_dataPath))
        {
            throw new BackupException($"There is no data folder {_dataPath}. Portico__DataPath names another.");
        }

        if (File.Exists(file))
        {
            throw new BackupException($"{file} exists already. Name another file.");
        }

        List<string> left = [];
        if (!string.IsNullOrEmpty(configuration["CosmosDb:AccountEndpoint"]) || !string.IsNullOrEmpty(configuration["CosmosDb:ConnectionString"]))
        {
            left.Add("documents, which are in Cosmos DB");
        }

        using var ownership = DataFolderLock.TryTake(_dataPath);
        await using var storage = ownership is not null && HasOwnStorage() ? await StorageProcess.StartAsync(Azurite.CommandFor(configuration, _dataPath, root), cancellation) : null;
        var blobs = ownership is null ? StorageOfRunningHost() : storage?.Service;
        if (blobs is null && (ownership is null || Azurite.IsReplaced(configuration)))
        {
            left.Add("blobs, which are in a storage account");
        }

        var manifest = await new BackupWriter(_dataPath, blobs, left, TimeProvider.System).WriteAsync(file, cancellation);
        Console.WriteLine($"portico backup {file}: {manifest.Entries.Count} entries, {new FileInfo(file).Length:N0} bytes, as of {manifest.TakenAt:u}");
        Tell(manifest.Left);
        Console.WriteLine("It holds signing keys and password hashes: keep it as you would keep a password.");
    }

    private async Task RestoreAsync(string file, bool force, CancellationToken cancellation)
    {
        if (!File.Exists(file))
        {
            throw new BackupException($"There is no file {file}.");
        }

        var target = Path.TrimEndingDirectorySeparator(_dataPath);
        var existed = Directory.Exists(target);
        using var ownership = existed ? DataFolderLock.Take(target) : null;
        var isInUse = existed && Directory.EnumerateFileSystemEntries(target).Any(entry => Path.GetFileName(entry) is not ("host.lock" or "azurite.lock"));
        if (isInUse && !force)
        {
            throw new BackupException($"{target} is not empty. With --force its content is kept aside and the backup takes its place; or set Portico__DataPath to an empty folder.");
        }

        var staging = $"{target}.restoring-{Environment.ProcessId}";
        Directory.CreateDirectory(staging);
        try
        {
            BackupManifest manifest;
            await using (var restore = new BackupRestore(staging, folder => Azurite.CommandFor(configuration, folder, root)))
            {
                manifest = await restore.UnpackAsync(file, cancellation);
            }

            var aside = Exchange(target, staging, isInUse, existed);
            Console.WriteLine($"portico restored {target} from {file}: {manifest.Entries.Count} entries, as of {manifest.TakenAt:u}");
            Tell(manifest.Left);
            if (Azurite.IsReplaced(configuration) && manifest.Containers.Count > 0)
            {
                Console.WriteLine("Its blobs are for Azurite, and the settings name a storage account: nobody will see them until AzureWebJobsStorage is removed.");
            }

            if (aside is not null)
            {
                Console.WriteLine($"What was there is in {aside}.");
            }
        }
        finally
        {
            if (Directory.Exists(staging))
            {
                Directory.Delete(staging, recursive: true);
            }
        }
    }

    /// <summary>Puts the restored folder where the data folder belongs; where the old one is now.</summary>
    private static string? Exchange(string target, string staging, bool keepOld, bool existed)
    {
        var aside = $"{target}.before-{DateTimeOffset.UtcNow:yyyyMMdd-HHmmss}";
        if (existed)
        {
            // A folder that is a mount point can't be renamed: this says so, and everything is as before.
            Directory.Move(target, aside);
        }

        try
        {
            Directory.Move(staging, target);
        }
        catch when (existed)
        {
            Directory.Move(aside, target);
            throw;
        }

        if (existed && !keepOld)
        {
            Directory.Delete(aside, recursive: true);
        }

        return keepOld ? aside : null;
    }

    private bool HasOwnStorage() => !Azurite.IsReplaced(configuration) && Directory.Exists(Path.Combine(_dataPath, "azurite"));

    /// <summary>Where the running host's Azurite answers; null when the host keeps blobs in a storage account.</summary>
    private BlobServiceClient? StorageOfRunningHost()
    {
        var runFile = Path.Combine(_dataPath, HostReady.RunFileName);
        if (!File.Exists(runFile))
        {
            throw new BackupException($"The host on {_dataPath} is just starting or stopping. Try again in a moment.");
        }

        using var run = JsonDocument.Parse(File.ReadAllText(runFile));
        return run.RootElement.TryGetProperty("blobPort", out var port) && port.ValueKind == JsonValueKind.Number
            ? new BlobServiceClient((Azurite.CommandFor(configuration, _dataPath, root) with { Port = port.GetInt32() }).ConnectionString)
            : null;
    }

    private static void Tell(IReadOnlyList<string> left)
    {
        foreach (var part in left)
        {
            Console.WriteLine($"Not in the backup: {part}.");
        }
    }
}
