using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Blobs;
using Portico.Tools;

namespace Portico.Videos;

/// <summary>Is it a video that we accept, and of what size and length? Reads nothing but the pinned source, so it may run again.</summary>
public sealed class ProbeVideo(IBlobStore blobs, WorkFolders folders, VideoProbing videos, IAssetProgress progress)
{
    [Function(MediaActivities.ProbeVideo)]
    public async Task<Step<VideoProbe>> RunAsync([ActivityTrigger] MediaSource source, CancellationToken cancellation)
    {
        using var folder = folders.Create();
        var (file, failure) = await PinnedSource.DownloadAsync(blobs, source, folder, cancellation);
        if (failure is not null)
        {
            return new Step<VideoProbe>(null, failure);
        }

        var probe = await videos.ProbeAsync(file, folder, cancellation);
        await progress.ReportAsync(source, AssetSteps.Check, 1, cancellation);
        return probe;
    }
}
