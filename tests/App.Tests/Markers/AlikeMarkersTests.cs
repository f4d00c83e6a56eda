using System.Text.Json;
using App.Tests.Blobs;
using App.Tests.Documents;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Http;
using Portico.Markers;
using Portico.Vision;

namespace App.Tests.Markers;

/// <summary>Markers that cameras may mix up, among real blobs and documents; and what older markers say of themselves.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class AlikeMarkersTests(AzuriteFixture azurite) : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly SqliteDocuments _documents = new();
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-markers-").FullName;
    private readonly string _project = $"prj_{Guid.NewGuid():N}";

    public async ValueTask DisposeAsync()
    {
        await _documents.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task FindAsync_TheSamePictureWithOtherText_NamesTheMarkerAndItsPicture()
    {
        await StoreAsync(_project, "mrk_1", Compile(seed: 1));
        await StoreAsync(_project, "mrk_2", Compile(seed: 2));

        var advice = await FindAsync("mrk_3", Compile(seed: 1, overprinted: true));

        advice.ShouldNotBeNull();
        (advice.Code, advice.MarkerId, advice.AssetId).ShouldBe((AlikeMarkers.Code, "mrk_1", "ast_1"));
    }

    [Fact]
    public async Task FindAsync_AloneInItsProject_SaysNothing()
    {
        var picture = Compile(seed: 3);
        await StoreAsync(_project, "mrk_1", Compile(seed: 4));
        await StoreAsync(_project, "mrk_2", picture);
        // The very same picture, in somebody else's project.
        await StoreAsync(_project + "x", "mrk_9", picture);

        (await FindAsync("mrk_2", picture)).ShouldBeNull();
    }

    [Fact]
    public async Task FindAsync_OtherMarkersAreGoneOrOfAnotherVersion_SaysNothing()
    {
        var picture = Compile(seed: 5);
        await StoreAsync(_project, "mrk_1", [1, 2, 3]);
        var gone = await StoreAsync(_project, "mrk_2", picture);
        await azurite.Blobs.DeleteAsync(new BlobName(BlobName.Public, gone.Path), None);

        (await FindAsync("mrk_3", picture)).ShouldBeNull();
    }

    [Fact]
    public void MarkerView_OfADocumentFromBeforeCodes_KeepsItsWords()
    {
        const string stored = """
            {"id":"mrk_1","projectId":"prj_1","assetId":"ast_1","path":"p/m.marker","url":"/cdn/p/m.marker","bytes":20000,"widthPx":800,"heightPx":600,
             "keypointCount":300,"quality":{"score":41,"parts":[{"name":"detail","score":30,"explanation":"Few clear details."}],"advice":["Add detail."]},"createdAt":"2026-05-01T12:00:00Z"}
            """;

        var view = MarkerView.Of(JsonSerializer.Deserialize<Marker>(stored, ApiJson.Options)!);

        view.Advice.ShouldBe([new MarkerAdvice(MarkerView.AdviceWithoutCode, "Add detail.")]);
        view.HeatMap.ShouldBeNull();
        view.Quality.Score.ShouldBe(41);
        JsonSerializer.Serialize(view, ApiJson.Options).ShouldNotContain("heatMap");
    }

    private Task<MarkerAdvice?> FindAsync(string markerId, byte[] file) =>
        new AlikeMarkers(_documents.Store, azurite.Blobs).FindAsync(_project, markerId, file, None);

    private async Task<Marker> StoreAsync(string project, string id, byte[] file)
    {
        var path = Path.Combine(_folder, Guid.NewGuid().ToString("N"));
        await File.WriteAllBytesAsync(path, file);
        var published = await azurite.Blobs.PublishAsync(project, path, "marker", None);
        var marker = new Marker
        {
            Id = id,
            ProjectId = project,
            AssetId = "ast_" + id[4..],
            Path = published.Path,
            Url = published.Url,
            Bytes = file.Length,
            WidthPx = 640,
            HeightPx = 480,
            KeypointCount = 100,
            Quality = new MarkerScore(80, []),
            CreatedAt = Noon,
        };
        (await _documents.Store.CreateAsync(Marker.Documents, marker, None)).Outcome.ShouldBe(WriteOutcome.Written);
        return marker;
    }

    /// <summary>Boxes of many sizes and greys, with a bar across the foot when overprinted.</summary>
    private static byte[] Compile(int seed, bool overprinted = false)
    {
        const int width = 640, height = 480;
        var random = new Random(seed);
        var luma = new byte[width * height];
        Array.Fill(luma, (byte)200);
        for (var i = 0; i < 220; i++)
        {
            Box(random.Next(width), random.Next(height), random.Next(12, 110), random.Next(10, 80), (byte)random.Next(256));
        }

        if (overprinted)
        {
            Box(0, 380, width, 100, 20);
        }

        return MarkerCompiler.Compile(new GrayImageView(luma, width, height), None).File;

        void Box(int left, int top, int boxWidth, int boxHeight, byte value)
        {
            for (var y = top; y < Math.Min(top + boxHeight, height); y++)
            {
                luma.AsSpan(y * width + left, Math.Min(boxWidth, width - left)).Fill(value);
            }
        }
    }
}
