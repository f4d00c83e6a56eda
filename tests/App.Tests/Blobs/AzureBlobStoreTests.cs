using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;
using Portico.Blobs;

namespace App.Tests.Blobs;

/// <summary>Copies, publications and the rest against the real Azurite.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class AzureBlobStoreTests(AzuriteFixture azurite) : IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly BlobHeaders Text = new("text/plain", BlobHeaders.NoStore);
    private static readonly HttpClient Http = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-blobs-").FullName;
    private readonly string _project = $"prj_{Guid.NewGuid():N}";

    private IBlobStore Blobs => azurite.Blobs;

    private BlobName Upload => BlobName.Upload(_project, "ast_1");

    private BlobName Source => BlobName.Source(_project, "ast_1");

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private Task<string> WriteAsync(BlobName name, string text) => Blobs.WriteAsync(name, new MemoryStream(Encoding.UTF8.GetBytes(text)), Text, None);

    private async Task<string> ReadAsync(BlobName name)
    {
        using var reader = new StreamReader(await Blobs.OpenReadAsync(name, None));
        return await reader.ReadToEndAsync();
    }

    private string NewFile(byte[] content)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        File.WriteAllBytes(path, content);
        return path;
    }

    [Fact]
    public async Task PinAsync_SourceAtThatVersion_CopiesIt()
    {
        var version = await WriteAsync(Upload, "picture");

        (await Blobs.PinAsync(Upload, version, Source, None)).ShouldBe(PinOutcome.Pinned);

        (await ReadAsync(Source)).ShouldBe("picture");
        (await Blobs.FindAsync(Source, None))!.ContentType.ShouldBe("text/plain");
    }

    [Fact]
    public async Task PinAsync_SourceOverwritten_SaysChangedAndCopiesNothing()
    {
        var version = await WriteAsync(Upload, "picture");
        await WriteAsync(Upload, "swapped");

        (await Blobs.PinAsync(Upload, version, Source, None)).ShouldBe(PinOutcome.Changed);

        (await Blobs.FindAsync(Source, None)).ShouldBeNull();
    }

    [Fact]
    public async Task PinAsync_Again_IsPinnedWhateverBecameOfTheSource()
    {
        var version = await WriteAsync(Upload, "picture");
        await Blobs.PinAsync(Upload, version, Source, None);
        var before = (await Blobs.FindAsync(Source, None))!;

        await WriteAsync(Upload, "swapped");
        (await Blobs.PinAsync(Upload, version, Source, None)).ShouldBe(PinOutcome.Pinned);
        await Blobs.DeleteAsync(Upload, None);
        (await Blobs.PinAsync(Upload, $"\"{version}\"", Source, None)).ShouldBe(PinOutcome.Pinned);

        (await ReadAsync(Source)).ShouldBe("picture");
        (await Blobs.FindAsync(Source, None)).ShouldBe(before, "it was not written a second time");
    }

    [Fact]
    public async Task PinAsync_PinThatABackupBroughtBack_IsStillPinned()
    {
        // Restored through the storage API: the metadata came along, the status of the copy could not.
        var restored = new Azure.Storage.Blobs.BlobServiceClient(azurite.ConnectionString).GetBlobContainerClient(Source.Container).GetBlobClient(Source.Path);
        await restored.UploadAsync(
            BinaryData.FromString("picture"),
            new Azure.Storage.Blobs.Models.BlobUploadOptions { Metadata = new Dictionary<string, string> { ["pinnedversion"] = "0x1234" } },
            None);

        (await Blobs.PinAsync(Upload, "0x1234", Source, None).WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(PinOutcome.Pinned);
        (await Blobs.PinAsync(Upload, "0x9999", Source, None).WaitAsync(TimeSpan.FromSeconds(20))).ShouldBe(PinOutcome.Absent);
    }

    [Fact]
    public async Task PinAsync_LaterVersion_ReplacesTheEarlierPin()
    {
        await Blobs.PinAsync(Upload, await WriteAsync(Upload, "first"), Source, None);

        (await Blobs.PinAsync(Upload, await WriteAsync(Upload, "second"), Source, None)).ShouldBe(PinOutcome.Pinned);

        (await ReadAsync(Source)).ShouldBe("second");
    }

    [Fact]
    public async Task PinAsync_NoSource_IsAbsent() =>
        (await Blobs.PinAsync(Upload, "0x1234", Source, None)).ShouldBe(PinOutcome.Absent);

    [Fact]
    public async Task PinAsync_WhileTheSourceIsOverwritten_NeverHoldsAnotherVersion()
    {
        for (var round = 0; round < 60; round++)
        {
            var target = BlobName.Source(_project, $"ast_{round}");
            var version = await WriteAsync(Upload, $"asked {round}");
            var overwrite = Task.Run(() => WriteAsync(Upload, $"swapped {round}"));
            await Task.Delay(round % 6);

            var outcome = await Blobs.PinAsync(Upload, version, target, None);
            await overwrite;

            if (outcome == PinOutcome.Pinned)
            {
                (await ReadAsync(target)).ShouldBe($"asked {round}");
            }
            else
            {
                (await Blobs.FindAsync(target, None)).ShouldBeNull();
            }
        }
    }

    [Fact]
    public async Task PublishAsync_File_IsNamedByItsContentAndImmutable()
    {
        var content = RandomNumberGenerator.GetBytes(100_000);

        var media = await Blobs.PublishAsync(_project, NewFile(content), "webp", None);

        var sha256 = Convert.ToHexStringLower(SHA256.HashData(content));
        media.ShouldBe(new PublicMedia($"{_project}/{sha256}.webp", $"/cdn/{_project}/{sha256}.webp", sha256, 100_000, "image/webp"));
        using var response = await Http.GetAsync(azurite.BehindProxy(Blobs.CreateReadUrl(new BlobName(BlobName.Public, media.Path), TimeSpan.FromMinutes(1))));
        response.Content.Headers.ContentType!.MediaType.ShouldBe("image/webp");
        response.Headers.CacheControl.ShouldBe(CacheControlHeaderValue.Parse("public, max-age=31536000, immutable"));
        (await response.Content.ReadAsByteArrayAsync()).ShouldBe(content);
    }

    [Fact]
    public async Task PublishAsync_SameBytesAgain_ChangesNothing()
    {
        var content = RandomNumberGenerator.GetBytes(1000);
        var first = await Blobs.PublishAsync(_project, NewFile(content), "mp4", None);
        var facts = await Blobs.FindAsync(new BlobName(BlobName.Public, first.Path), None);

        (await Blobs.PublishAsync(_project, NewFile(content), "mp4", None)).ShouldBe(first);

        (await Blobs.FindAsync(new BlobName(BlobName.Public, first.Path), None)).ShouldBe(facts);
    }

    [Fact]
    public async Task PublishAsync_SameBytesByManyAtOnce_IsOneBlob()
    {
        // Larger than one request, so that the blocks of several callers interleave.
        var content = RandomNumberGenerator.GetBytes(18 << 20);

        var published = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Blobs.PublishAsync(_project, NewFile(content), "mp4", None)));

        published.Distinct().Count().ShouldBe(1);
        var copy = Path.Combine(_folder, "copy");
        await Blobs.DownloadAsync(new BlobName(BlobName.Public, published[0].Path), copy, None);
        Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(copy))).ShouldBe(published[0].Sha256);
    }

    [Theory]
    [InlineData("")]
    [InlineData(".png")]
    [InlineData("p/ng")]
    [InlineData("PNG")]
    public async Task PublishAsync_NoExtension_Throws(string extension) =>
        await Should.ThrowAsync<ArgumentException>(() => Blobs.PublishAsync(_project, NewFile([1]), extension, None));

    [Fact]
    public async Task WriteAsync_Manifest_IsReplacedWithItsHeaders()
    {
        var name = BlobName.Manifest($"c{Guid.NewGuid():N}");
        var headers = new BlobHeaders("application/json", BlobHeaders.Manifest);
        var first = await Blobs.WriteAsync(name, new MemoryStream("{}"u8.ToArray()), headers, None);
        var second = await Blobs.WriteAsync(name, new MemoryStream("{\"v\":2}"u8.ToArray()), headers, None);

        second.ShouldNotBe(first);
        (await ReadAsync(name)).ShouldBe("{\"v\":2}");
        using var response = await Http.GetAsync(azurite.BehindProxy(Blobs.CreateReadUrl(name, TimeSpan.FromMinutes(1))));
        response.Headers.GetValues("Cache-Control").ShouldBe(["public, max-age=60, stale-while-revalidate=600, stale-if-error=604800"]);
    }

    [Fact]
    public async Task OpenReadAsync_Seek_ReadsTheRangeThere()
    {
        var content = RandomNumberGenerator.GetBytes(9 << 20);
        await Blobs.WriteAsync(Source, new MemoryStream(content), Text, None);

        await using var stream = await Blobs.OpenReadAsync(Source, None);
        stream.Seek(8_000_000, SeekOrigin.Begin);
        var piece = new byte[1000];
        await stream.ReadExactlyAsync(piece);

        piece.ShouldBe(content[8_000_000..8_001_000]);
        stream.Length.ShouldBe(content.Length);
    }

    [Fact]
    public async Task Reads_NoSuchBlob_SayWhich()
    {
        (await Blobs.FindAsync(Source, None)).ShouldBeNull();
        (await Should.ThrowAsync<BlobAbsentException>(() => Blobs.OpenReadAsync(Source, None))).Name.ShouldBe(Source);
        (await Should.ThrowAsync<BlobAbsentException>(() => Blobs.DownloadAsync(Source, Path.Combine(_folder, "x"), None))).Name.ShouldBe(Source);
    }

    [Fact]
    public async Task DeleteAsync_Twice_TellsThatItWasGone()
    {
        await WriteAsync(Source, "x");

        (await Blobs.DeleteAsync(Source, None)).ShouldBeTrue();
        (await Blobs.DeleteAsync(Source, None)).ShouldBeFalse();
    }

    [Fact]
    public async Task DeletePrefixAsync_Folder_TakesItsOwnBlobsAlone()
    {
        var inside = Enumerable.Range(0, 25).Select(i => new BlobName(BlobName.Private, $"{_project}/ast_1/{i}/🦄 #{i}%")).ToList();
        BlobName[] outside = [new(BlobName.Private, $"{_project}/ast_10/0"), new(BlobName.Uploads, $"{_project}/ast_1/0")];
        foreach (var name in inside.Concat(outside))
        {
            await WriteAsync(name, "x");
        }

        await Blobs.DeletePrefixAsync(new BlobName(BlobName.Private, $"{_project}/ast_1/"), None);

        foreach (var name in inside)
        {
            (await Blobs.FindAsync(name, None)).ShouldBeNull();
        }

        foreach (var name in outside)
        {
            (await Blobs.FindAsync(name, None)).ShouldNotBeNull();
        }
    }

    [Theory]
    [InlineData("")]
    [InlineData("/")]
    [InlineData("prj_1")]
    public async Task DeletePrefixAsync_NoFolder_Throws(string path) =>
        await Should.ThrowAsync<ArgumentException>(() => Blobs.DeletePrefixAsync(new BlobName(BlobName.Private, path), None));
}
