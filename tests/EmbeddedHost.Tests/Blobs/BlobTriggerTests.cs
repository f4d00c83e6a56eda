using System.Diagnostics;
using Azure.Storage.Blobs;
using Microsoft.DurableTask.Client;
using Portico.EmbeddedHost.Blobs;
using Portico.EmbeddedHost.Tests.Hosting;

namespace Portico.EmbeddedHost.Tests.Blobs;

public sealed class BlobTriggerTests
{
    private static readonly string[] Patient = ["--Portico:BlobSweepSeconds=3600", "--Portico:BlobRetrySeconds=0.01"];

    [Fact]
    public async Task Write_MatchingBlob_RunsAtOnceWithPartsBound()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "uploads", "p 1/ä+2/source", "hello");
        await host.Seen.WaitForAsync("p 1/ä+2: hello", seconds: 5);
        await WriteAsync(host, "streams", "clip.mp4", new string('x', 300_000));
        await host.Seen.WaitForAsync("clip mp4 300000", seconds: 5);
    }

    [Fact]
    public async Task Write_BlobThatMatchesNoPattern_RunsNothing()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "uploads", "p/a/b/source", "too deep");
        await WriteAsync(host, "uploads", "p/a/source.txt", "too long");
        await WriteAsync(host, "private", "p/a/source", "elsewhere");
        await WriteAsync(host, "uploads", "p/a/source", "right");
        await host.Seen.WaitForAsync("p/a done");
        host.Seen.All.Where(seen => seen.StartsWith("p/", StringComparison.Ordinal)).ShouldBe(["p/a: right", "p/a done"]);
    }

    [Fact]
    public async Task Write_SameVersionToldAgainAndOverwritten_RunsOncePerVersion()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "uploads", "p/a/source", "one");
        await host.Seen.WaitForAsync("p/a done");

        // The same event twice, as Event Grid may also deliver it.
        var writes = host.Service<BlobWrites>();
        writes.ReadAccessLog("""127.0.0.1 - - [x] "PUT /devstoreaccount1/uploads/p/a/source?sig=1 HTTP/1.1" 201 -""");
        writes.ReadAccessLog("""127.0.0.1 - - [x] "PUT /devstoreaccount1/uploads/p/a/source?comp=blocklist&sig=1 HTTP/1.1" 201 -""");
        await WriteAsync(host, "uploads", "p/b/source", "marker");
        await host.Seen.WaitForAsync("p/b done");
        host.Seen.Count("p/a: one").ShouldBe(1);

        await WriteAsync(host, "uploads", "p/a/source", "two");
        await host.Seen.WaitForAsync("p/a: two");
        host.Seen.Count("p/a: one").ShouldBe(1);
    }

    [Fact]
    public async Task Write_OverwrittenWhileTheFunctionRuns_RunsForTheNewVersionToo()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "uploads", "p/a/source", "wait");
        await host.Seen.WaitForAsync("p/a: wait");
        await WriteAsync(host, "uploads", "p/a/source", "newer");
        host.Seen.Gate.SetResult();
        await host.Seen.WaitForAsync("p/a: newer");
        await host.Seen.WaitForAsync("p/a done", times: 2);
    }

    [Fact]
    public async Task Write_FunctionFailsFiveTimes_BlobIsPoisonUntilOverwritten()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        var receipts = host.Service<BlobReceipts>();
        await WriteAsync(host, "uploads", "p/bad/source", "fail always");
        await host.Seen.WaitForAsync("p/bad: fail always", times: 5);
        await UntilAsync(() => receipts.ListPoison().Count == 1);

        var poison = receipts.ListPoison().Single();
        poison.Key.ShouldBe(new BlobKey("Ingest", "uploads", "p/bad/source"));
        poison.Tries.ShouldBe(5);
        poison.Error.ShouldContain("cannot read it");
        await Task.Delay(300);
        host.Seen.Count("p/bad: fail always").ShouldBe(5);

        await WriteAsync(host, "uploads", "p/bad/source", "good now");
        await host.Seen.WaitForAsync("p/bad done");
        await UntilAsync(() => receipts.ListPoison().Count == 0);
    }

    [Fact]
    public async Task Start_BlobWrittenAndDoneBefore_SweepRunsOnlyWhatIsOpen()
    {
        var data = TestHost.TemporaryFolder();
        await using (var first = await TestHost.StartAsync(withBlobs: true, dataPath: data, settings: Patient))
        {
            await WriteAsync(first, "uploads", "p/done/source", "one");
            await first.Seen.WaitForAsync("p/done done");
        }

        // While this host runs, the function is off: its blob is as one that nobody was told of.
        await using (var deaf = await TestHost.StartAsync(withBlobs: true, dataPath: data, settings: [.. Patient, "--AzureWebJobs.Ingest.Disabled=true"]))
        {
            await WriteAsync(deaf, "uploads", "p/open/source", "two");
        }

        await using (var second = await TestHost.StartAsync(withBlobs: true, dataPath: data, settings: Patient))
        {
            await second.Seen.WaitForAsync("p/open done");
            second.Seen.All.Where(seen => seen.StartsWith("p/", StringComparison.Ordinal)).ShouldBe(["p/open: two", "p/open done"]);
        }

        Directory.Delete(data, recursive: true);
    }

    [Fact]
    public async Task Begin_HostEndsDuringEveryTry_BlobIsPoisonInTheEnd()
    {
        await using var host = await TestHost.StartAsync();
        var receipts = host.Service<BlobReceipts>();
        var key = new BlobKey("Ingest", "uploads", "p/killer/source");
        for (var attempt = 1; attempt <= 5; attempt++)
        {
            (await receipts.BeginAsync(key, "v1", 5)).ShouldBe(attempt);
        }

        (await receipts.BeginAsync(key, "v1", 5)).ShouldBeNull();
        receipts.ListPoison().Single().Key.ShouldBe(key);
        (await receipts.BeginAsync(key, "v2", 5)).ShouldBe(1);
    }

    [Fact]
    public async Task Azurite_KilledWhileWritesGoOn_ComesBackAndNothingIsLost()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "uploads", "p/before/source", "one");
        await host.Seen.WaitForAsync("p/before done");

        var azurite = host.Service<Azurite>();
        var killed = azurite.ProcessId!.Value;
        using (var process = Process.GetProcessById(killed))
        {
            // TERM and not KILL: what Azurite acknowledged reaches its index.
            Portico.EmbeddedHost.Hosting.Signal.Terminate(process);
        }

        // Storage is away: the trigger is told, and must go on until it can look.
        host.Service<BlobWrites>().ReadAccessLog("""127.0.0.1 - - [x] "PUT /devstoreaccount1/uploads/p/during/source HTTP/1.1" 201 -""");
        await WriteAsync(host, "uploads", "p/during/source", "two", patience: TimeSpan.FromSeconds(40));
        await host.Seen.WaitForAsync("p/during done", seconds: 40);
        azurite.ProcessId.ShouldNotBe(killed);
        host.Seen.Count("p/before: one").ShouldBe(1);
        host.Service<BlobReceipts>().ListPoison().ShouldBeEmpty();
    }

    [Fact]
    public async Task Stop_HostEnds_AzuriteEndsWithIt()
    {
        int processId;
        await using (var host = await TestHost.StartAsync(withBlobs: true))
        {
            processId = host.Service<Azurite>().ProcessId!.Value;
        }

        Should.Throw<ArgumentException>(() => Process.GetProcessById(processId));
    }

    [Fact]
    public async Task Write_BlobStartsAnOrchestration_ActivitiesRunThroughTheHost()
    {
        await using var host = await TestHost.StartAsync(withBlobs: true, settings: Patient);
        await WriteAsync(host, "orders", "o-7", "{}");
        await host.Seen.WaitForAsync("priced 3 for o-7 in Price");
        var client = host.Service<DurableTaskClient>();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var ended = await client.WaitForInstanceCompletionAsync("o-7", getInputsAndOutputs: true, timeout.Token);
        ended.RuntimeStatus.ShouldBe(OrchestrationRuntimeStatus.Completed);
        ended.ReadOutputAs<int>().ShouldBe(60);
    }

    private static async Task WriteAsync(TestHost host, string container, string name, string content, TimeSpan? patience = null)
    {
        var deadline = DateTime.UtcNow + (patience ?? TimeSpan.Zero);
        while (true)
        {
            try
            {
                var client = host.Service<HostBlobs>().Service.GetBlobContainerClient(container);
                await client.CreateIfNotExistsAsync();
                await client.GetBlobClient(name).UploadAsync(BinaryData.FromString(content), overwrite: true);
                return;
            }
            catch (Exception) when (DateTime.UtcNow < deadline)
            {
                await Task.Delay(100);
            }
        }
    }

    private static async Task UntilAsync(Func<bool> condition)
    {
        for (var i = 0; i < 400 && !condition(); i++)
        {
            await Task.Delay(25);
        }

        condition().ShouldBeTrue();
    }
}
