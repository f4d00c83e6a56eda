using System.Diagnostics;
using System.Security.Cryptography;
using System.Text;
using Portico.Blobs;

namespace App.Tests.Blobs;

/// <summary>Storage that goes away and comes back. It has an Azurite of its own, which others shall not miss.</summary>
public sealed class BlobOutageTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>
{
    private static readonly CancellationToken None = CancellationToken.None;

    [Fact]
    public async Task EveryOperation_StorageAwayForTwentySeconds_WaitsAndSucceeds()
    {
        var text = new BlobHeaders("text/plain", BlobHeaders.NoStore);
        var file = Path.GetTempFileName();
        var content = RandomNumberGenerator.GetBytes(10 << 20);
        await File.WriteAllBytesAsync(file, content);
        var before = new BlobName(BlobName.Private, "prj_1/before");
        var version = await azurite.Blobs.WriteAsync(before, new MemoryStream("before"u8.ToArray()), text, None);

        await azurite.StopAsync();
        var write = azurite.Blobs.WriteAsync(new BlobName(BlobName.Private, "prj_1/during"), new MemoryStream("during"u8.ToArray()), text, None);
        var publish = azurite.Blobs.PublishAsync("prj_1", file, "mp4", None);
        var pin = azurite.Blobs.PinAsync(before, version, new BlobName(BlobName.Private, "prj_1/pinned"), None);
        var find = azurite.Blobs.FindAsync(before, None);
        await Task.Delay(TimeSpan.FromSeconds(20));
        Task[] all = [write, publish, pin, find];
        all.ShouldAllBe(t => !t.IsCompleted);
        await azurite.StartAsync();
        await Task.WhenAll(all).WaitAsync(TimeSpan.FromSeconds(30));

        (await find)!.ETag.ShouldBe(version);
        (await pin).ShouldBe(PinOutcome.Pinned);
        await azurite.Blobs.DownloadAsync(new BlobName(BlobName.Public, (await publish).Path), file, None);
        (await File.ReadAllBytesAsync(file)).ShouldBe(content);
        using var during = new StreamReader(await azurite.Blobs.OpenReadAsync(new BlobName(BlobName.Private, "prj_1/during"), None), Encoding.UTF8);
        (await during.ReadToEndAsync()).ShouldBe("during");
        File.Delete(file);
    }

    [Fact]
    public async Task FindAsync_CancelledWhileStorageIsAway_EndsAtOnce()
    {
        await azurite.StopAsync();
        try
        {
            using var cancellation = new CancellationTokenSource();
            var find = azurite.Blobs.FindAsync(new BlobName(BlobName.Private, "prj_1/x"), cancellation.Token);
            await Task.Delay(500);
            find.IsCompleted.ShouldBeFalse();

            var watch = Stopwatch.StartNew();
            await cancellation.CancelAsync();
            await Should.ThrowAsync<OperationCanceledException>(find);

            watch.Elapsed.ShouldBeLessThan(TimeSpan.FromSeconds(2));
        }
        finally
        {
            await azurite.StartAsync();
        }
    }
}
