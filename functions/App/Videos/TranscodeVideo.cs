using System.Threading.Channels;
using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Blobs;
using Portico.Tools;

namespace Portico.Videos;

/// <summary>
/// Transcodes a video for the web and publishes the files. Idempotent by the source: published files are named by
/// their content, and a run that is repeated makes the same.
/// </summary>
public sealed class TranscodeVideo(IBlobStore blobs, WorkFolders folders, VideoTranscoding videos, IAssetProgress progress)
{
    /// <summary>Of the step; publishing takes the rest.</summary>
    private const double TranscodingShare = 0.9;

    [Function(MediaActivities.TranscodeVideo)]
    public async Task<Step<VideoFacts>> RunAsync([ActivityTrigger] VideoToTranscode input, CancellationToken cancellation)
    {
        var (source, probe) = input;
        using var folder = folders.Create();
        var (file, failure) = await PinnedSource.DownloadAsync(blobs, source, folder, cancellation);
        if (failure is not null)
        {
            return new Step<VideoFacts>(null, failure);
        }

        // ffmpeg must not wait for whoever watches: only the latest fraction is kept for telling.
        var fractions = Channel.CreateBounded<double>(new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropOldest });
        var telling = TellAsync(source, fractions.Reader, cancellation);
        Step<TranscodedVideo> transcoded;
        try
        {
            transcoded = await videos.TranscodeAsync(file, probe, folder, fraction => fractions.Writer.TryWrite(fraction), cancellation);
        }
        finally
        {
            fractions.Writer.Complete();
        }

        await telling;
        if (transcoded.Value is not { } made)
        {
            return new Step<VideoFacts>(null, transcoded.Failure);
        }

        var renditions = await Task.WhenAll(made.Rungs.Select(rung => PublishAsync(source, rung, cancellation)));
        var poster = await blobs.PublishAsync(source.ProjectId, made.Poster.File, "webp", cancellation);
        await progress.ReportAsync(source, AssetSteps.Transcode, 1, cancellation);
        return Step<VideoFacts>.Done(new VideoFacts(
            probe.WidthPx, probe.HeightPx, probe.DurationSeconds, probe.FramesPerSecond, probe.HasAudio, renditions,
            new ImageRendition(made.Poster.WidthPx, made.Poster.HeightPx, poster.Path, poster.Url, poster.Bytes, poster.ContentType)));
    }

    private async Task TellAsync(MediaSource source, ChannelReader<double> fractions, CancellationToken cancellation)
    {
        await foreach (var fraction in fractions.ReadAllAsync(cancellation))
        {
            await progress.ReportAsync(source, AssetSteps.Transcode, fraction * TranscodingShare, cancellation);
        }
    }

    private async Task<VideoRendition> PublishAsync(MediaSource source, MadeVideo rung, CancellationToken cancellation)
    {
        var published = await blobs.PublishAsync(source.ProjectId, rung.File, "mp4", cancellation);
        return new VideoRendition(rung.WidthPx, rung.HeightPx, rung.BitsPerSecond, rung.Codecs, published.Path, published.Url, published.Bytes, published.ContentType);
    }
}
