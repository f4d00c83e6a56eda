using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net.Sockets;
using Azure;
using Azure.Storage.Blobs;
using Microsoft.Extensions.Configuration;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Hosting;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Blobs;

/// <summary>What the host's death does to Azurite: nobody reads its log any more, and it is asked to end.</summary>
public sealed class AzuriteTests : IDisposable
{
    private readonly string _dataPath = TestHost.TemporaryFolder();

    public void Dispose() => Directory.Delete(_dataPath, recursive: true);

    [Fact]
    public async Task HostDies_WhileRequestsAreInFlight_NoAcknowledgedBlobIsLost()
    {
        var acknowledged = new ConcurrentQueue<string>();
        var (process, container) = await StartAsync();
        await container.CreateAsync();
        using var stop = new CancellationTokenSource();
        var writers = Enumerable.Range(0, 4).Select(writer => Task.Run(() => WriteAsync(container, writer, acknowledged, stop.Token))).ToArray();
        await UntilAsync(() => acknowledged.Count > 20);

        var processId = process.Id;
        process.CancelOutputRead();
        process.CancelErrorRead();
        process.Close(); // The pipe breaks, as it does when the host is gone.
        var atDeath = acknowledged.Count;
        await UntilAsync(() => acknowledged.Count > atDeath + 20);
        using (var kill = Process.Start("kill", ["-TERM", $"{processId}"]))
        {
            await kill.WaitForExitAsync();
        }

        // What Azurite still answers after the signal reaches nobody in real life: its clients have died, too.
        var known = acknowledged.ToHashSet();
        await stop.CancelAsync();
        await Task.WhenAll(writers);
        await UntilAsync(() => !Directory.Exists($"/proc/{processId}"));

        (process, container) = await StartAsync();
        var kept = new HashSet<string>();
        await foreach (var blob in container.GetBlobsAsync())
        {
            kept.Add(blob.Name);
        }

        Signal.Terminate(process);
        await process.WaitForExitAsync();
        known.Except(kept).ShouldBeEmpty();
    }

    [Fact]
    public async Task Terminated_WhileItStarts_EndsOnceItHasStarted()
    {
        var starting = new TaskCompletionSource();
        using var process = Command().Start(line => _ = line.Contains("is starting", StringComparison.Ordinal) && starting.TrySetResult(), _ => { });
        await starting.Task.WaitAsync(TimeSpan.FromSeconds(60));

        Signal.Terminate(process);

        await process.WaitForExitAsync(new CancellationTokenSource(TimeSpan.FromSeconds(30)).Token);
        process.ExitCode.ShouldBe(0);
    }

    private static async Task WriteAsync(BlobContainerClient container, int writer, ConcurrentQueue<string> acknowledged, CancellationToken stop)
    {
        for (var number = 0; !stop.IsCancellationRequested; number++)
        {
            try
            {
                await container.UploadBlobAsync($"{writer}-{number}", BinaryData.FromString("x"), stop);
                acknowledged.Enqueue($"{writer}-{number}");
            }
            catch (Exception failure) when (failure is RequestFailedException or AggregateException or OperationCanceledException)
            {
                return;
            }
        }
    }

    private async Task<(Process Process, BlobContainerClient Container)> StartAsync()
    {
        var command = Command();
        var process = command.Start(_ => { }, _ => { });
        await UntilAsync(() =>
        {
            try
            {
                using var probe = new TcpClient("127.0.0.1", command.Port);
                return true;
            }
            catch (SocketException)
            {
                return false;
            }
        });
        return (process, new BlobServiceClient(command.ConnectionString, new BlobClientOptions { Retry = { MaxRetries = 0 } }).GetBlobContainerClient("things"));
    }

    private AzuriteCommand Command()
    {
        var configuration = new ConfigurationManager { ["Portico:DataPath"] = _dataPath, ["Portico:Port"] = "0" };
        return Azurite.Configure(configuration, HostSettings.Read(configuration, HostSettings.FindRoot()))!;
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        var until = DateTime.UtcNow + TimeSpan.FromSeconds(60);
        while (!condition())
        {
            (DateTime.UtcNow < until).ShouldBeTrue("waited in vain");
            await Task.Delay(10);
        }
    }
}
