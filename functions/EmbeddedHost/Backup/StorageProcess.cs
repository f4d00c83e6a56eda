using System.Diagnostics;
using System.Net.Sockets;
using Azure.Storage.Blobs;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Hosting;

namespace Portico.EmbeddedHost.Backup;

/// <summary>Azurite on a data folder that no host runs on, for as long as a backup or a restore needs it.</summary>
internal sealed class StorageProcess : IAsyncDisposable
{
    private static readonly TimeSpan StartPatience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private StorageProcess(Process process, string connectionString)
    {
        _process = process;
        Service = new BlobServiceClient(connectionString);
    }

    public BlobServiceClient Service { get; }

    /// <exception cref="BackupException">It does not start.</exception>
    public static async Task<StorageProcess> StartAsync(AzuriteCommand command, CancellationToken cancellation)
    {
        // The death signal is bound to the thread that started the process: this one stays until it ends.
        var started = new TaskCompletionSource<Process>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() =>
        {
            try
            {
                var process = command.Start(_ => { }, Console.Error.WriteLine);
                started.SetResult(process);
                process.WaitForExit();
            }
            catch (Exception failure)
            {
                started.TrySetException(failure);
            }
        }) { IsBackground = true, Name = "azurite" }.Start();

        var storage = new StorageProcess(await started.Task.ConfigureAwait(false), command.ConnectionString);
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                using var probe = new TcpClient();
                await probe.ConnectAsync("127.0.0.1", command.Port, cancellation).ConfigureAwait(false);
                return storage;
            }
            catch (SocketException) when (!storage._process.HasExited && watch.Elapsed < StartPatience)
            {
                await Task.Delay(50, cancellation).ConfigureAwait(false);
            }
            catch (Exception failure)
            {
                await storage.DisposeAsync().ConfigureAwait(false);
                throw failure is SocketException ? new BackupException("Blob storage (Azurite) does not start on the data folder.") : failure;
            }
        }
    }

    /// <summary>Ends it as the host does, so that its index is written: what was acknowledged is on the disk after this.</summary>
    public async ValueTask DisposeAsync()
    {
        Signal.Terminate(_process);
        await _process.WaitForExitAsync().ConfigureAwait(false);
        _process.Dispose();
    }
}
