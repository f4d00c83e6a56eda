using App.Tests.Blobs;
using App.Tests.Documents;
using App.Tests.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Blobs;
using Portico.Images;
using Portico.Markers;
using Portico.Tools;
using Portico.Videos;

namespace App.Tests.Assets;

/// <summary>The activities against the real store: from a pinned source to published files.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class MediaStepsTests : IDisposable
{
    private readonly AzuriteFixture _azurite;
    private readonly Workbench _bench = new();
    private readonly Told _told = new();
    private readonly ImageTool _images = new(new ToolRunner(), NullLogger<ImageTool>.Instance);
    private readonly VideoProbing _probing = new(new ToolRunner(), NullLogger<VideoProbing>.Instance);
    private readonly VideoTranscoding _transcoding;
    private readonly string _projectId = "prj_" + Guid.NewGuid().ToString("n")[..26];

    public MediaStepsTests(AzuriteFixture azurite)
    {
        _azurite = azurite;
        _transcoding = new VideoTranscoding(new ToolRunner(), _probing, NullLogger<VideoTranscoding>.Instance);
    }

    private IBlobStore Blobs => _azurite.Blobs;

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task ImageSteps_PhonePicture_PublishRenditionsThumbnailAndMarker()
    {
        _bench.Ffmpeg("-f lavfi -i mandelbrot=s=1600x1200:end_scale=0.1 -frames:v 1 -q:v 3 photo.jpg");
        var source = await PinAsync(AssetKind.Image, "photo.jpg");

        var probe = (await new ProbeImage(Blobs, _bench.Folders, _images, _told).RunAsync(source, default)).Value!;
        var image = (await RenderAsync(source, probe)).Value!;
        await using var documents = new SqliteDocuments();
        var marker = (await new CompileMarker(Blobs, _bench.Folders, _images, new AlikeMarkers(documents.Store, Blobs), _told).RunAsync(new ImageToRender(source, probe), default)).Value!;

        probe.ShouldBe(new ImageProbe(1600, 1200, "jpeg"));
        (image.WidthPx, image.HeightPx, image.Format).ShouldBe((1600, 1200, "jpeg"));
        image.Renditions.Select(r => (r.WidthPx, r.ContentType)).ShouldBe([(1600, "image/webp"), (1024, "image/webp"), (512, "image/webp"), (1024, "image/jpeg")]);
        image.Thumbnail.WidthPx.ShouldBe(320);
        foreach (var rendition in image.Renditions.Append(image.Thumbnail))
        {
            (await Blobs.FindAsync(new BlobName(BlobName.Public, rendition.Path), default))!.Bytes.ShouldBe(rendition.Bytes);
        }

        marker.MarkerId.ShouldBe("mrk_" + source.AssetId[4..]);
        marker.KeypointCount.ShouldBeGreaterThan(50);
        marker.HeatMap.ShouldNotBeNull().Cells.Length.ShouldBe(16 * 12);
        (await Blobs.FindAsync(new BlobName(BlobName.Public, marker.Path), default))!.Bytes.ShouldBe(marker.Bytes);
        _told.Steps.ShouldBe([AssetSteps.Check, AssetSteps.Render, AssetSteps.Compile]);
    }

    [Fact]
    public async Task RenderImages_RunAgain_GivesTheSameFacts()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=800x600 -frames:v 1 photo.png");
        var source = await PinAsync(AssetKind.Image, "photo.png");
        var probe = new ImageProbe(800, 600, "png");

        var first = (await RenderAsync(source, probe)).Value!;
        var second = (await RenderAsync(source, probe)).Value!;

        second.Renditions.ShouldBe(first.Renditions);
        second.Thumbnail.ShouldBe(first.Thumbnail);
    }

    [Fact]
    public async Task VideoSteps_Clip_PublishLadderAndPosterAndTellProgress()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=1280x720:r=30:d=3 -f lavfi -i sine=d=3 -c:v libx264 -preset ultrafast -c:a aac -f mp4 clip");
        var source = await PinAsync(AssetKind.Video, "clip");

        var probe = (await new ProbeVideo(Blobs, _bench.Folders, _probing, _told).RunAsync(source, default)).Value!;
        var video = (await TranscodeAsync(source, probe)).Value!;
        var again = (await TranscodeAsync(source, probe)).Value!;

        video.Renditions.Select(r => (r.WidthPx, r.HeightPx, r.ContentType)).ShouldBe([(1280, 720, "video/mp4"), (852, 480, "video/mp4")]);
        (video.Poster.WidthPx, video.Poster.ContentType).ShouldBe((1280, "image/webp"));
        foreach (var (path, bytes) in video.Renditions.Select(r => (r.Path, r.Bytes)).Append((video.Poster.Path, video.Poster.Bytes)))
        {
            (await Blobs.FindAsync(new BlobName(BlobName.Public, path), default))!.Bytes.ShouldBe(bytes);
        }

        again.Renditions.ShouldBe(video.Renditions);
        again.Poster.ShouldBe(video.Poster);
        _told.Steps.ShouldBe([AssetSteps.Check, AssetSteps.Transcode]);
        _told.Last.ShouldBe(1);
    }

    [Fact]
    public async Task Steps_BadFiles_AreRejectedInWordsAndLeaveNothingBehind()
    {
        var text = _bench.Write("text", "not media"u8);
        var image = await PinAsync(AssetKind.Image, text);
        var video = await PinAsync(AssetKind.Video, text);

        (await new ProbeImage(Blobs, _bench.Folders, _images, _told).RunAsync(image, default)).Failure!.Code.ShouldBe("image.not_an_image");
        (await RenderAsync(image, new ImageProbe(1, 1, "jpeg"))).Failure!.Code.ShouldBe("image.not_an_image");
        (await new ProbeVideo(Blobs, _bench.Folders, _probing, _told).RunAsync(video, default)).Failure!.Code.ShouldBe("video.not_a_video");
        (await TranscodeAsync(video, new VideoProbe(640, 480, 1, 30, false, "h264", false))).Failure!.Code.ShouldBe("video.truncated");

        Directory.EnumerateDirectories(_bench.Root).ShouldBe([_bench.Folder.FolderPath]);
    }

    [Fact]
    public async Task Steps_SourceIsGone_FailAsAnOutage()
    {
        var source = new MediaSource(_projectId, "ast_absent", AssetKind.Image, "v");

        await Should.ThrowAsync<BlobAbsentException>(new ProbeImage(Blobs, _bench.Folders, _images, _told).RunAsync(source, default));
    }

    private async Task<MediaSource> PinAsync(AssetKind kind, string file)
    {
        var source = new MediaSource(_projectId, $"ast_{Guid.NewGuid():n}", kind, "v1");
        await using var content = File.OpenRead(_bench.Folder.File(file));
        await Blobs.WriteAsync(BlobName.Source(source.ProjectId, source.AssetId), content, new BlobHeaders("application/octet-stream", BlobHeaders.NoStore), default);
        return source;
    }

    private Task<Step<ImageFacts>> RenderAsync(MediaSource source, ImageProbe probe) =>
        new RenderImages(Blobs, _bench.Folders, _images, _told).RunAsync(new ImageToRender(source, probe), default);

    private Task<Step<VideoFacts>> TranscodeAsync(MediaSource source, VideoProbe probe) =>
        new TranscodeVideo(Blobs, _bench.Folders, _transcoding, _told).RunAsync(new VideoToTranscode(source, probe), default);

    /// <summary>Writes down what is told.</summary>
    private sealed class Told : IAssetProgress
    {
        private readonly Lock _gate = new();
        private readonly List<string> _steps = [];

        public IReadOnlyList<string> Steps => [.. _steps.Distinct()];

        public double Last { get; private set; }

        public Task ReportAsync(MediaSource source, string step, double stepFraction, CancellationToken cancellation)
        {
            stepFraction.ShouldBeInRange(0, 1);
            lock (_gate)
            {
                _steps.Add(step);
                Last = stepFraction;
            }

            return Task.CompletedTask;
        }
    }
}
