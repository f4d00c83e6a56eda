using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Blobs;
using Portico.Tools;

namespace Portico.Images;

/// <summary>Is it a picture, and how large? Reads the header only. Reads nothing but the pinned source, so it may run again.</summary>
public sealed class ProbeImage(IBlobStore blobs, WorkFolders folders, ImageTool images, IAssetProgress progress)
{
    [Function(MediaActivities.ProbeImage)]
    public async Task<Step<ImageProbe>> RunAsync([ActivityTrigger] MediaSource source, CancellationToken cancellation)
    {
        using var folder = folders.Create();
        var (file, failure) = await PinnedSource.DownloadAsync(blobs, source, folder, cancellation);
        if (failure is not null)
        {
            return new Step<ImageProbe>(null, failure);
        }

        var probe = await images.ProbeAsync(file, folder, cancellation);
        await progress.ReportAsync(source, AssetSteps.Check, 1, cancellation);
        return probe;
    }
}
