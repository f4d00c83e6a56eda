using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Blobs;
using Portico.Tools;

namespace Portico.Images;

/// <summary>
/// Renders a picture for the web and publishes the files. Idempotent by the source: the same source gives the same
/// bytes, and published files are named by their content.
/// </summary>
public sealed class RenderImages(IBlobStore blobs, WorkFolders folders, ImageTool images, IAssetProgress progress)
{
    [Function(MediaActivities.RenderImages)]
    public async Task<Step<ImageFacts>> RunAsync([ActivityTrigger] ImageToRender input, CancellationToken cancellation)
    {
        using var folder = folders.Create();
        var (file, failure) = await PinnedSource.DownloadAsync(blobs, input.Source, folder, cancellation);
        if (failure is not null)
        {
            return new Step<ImageFacts>(null, failure);
        }

        await progress.ReportAsync(input.Source, AssetSteps.Render, 0.1, cancellation);
        var rendered = await images.RenderAsync(file, folder, cancellation);
        if (rendered.Value is not { } pictures)
        {
            return new Step<ImageFacts>(null, rendered.Failure);
        }

        await progress.ReportAsync(input.Source, AssetSteps.Render, 0.8, cancellation);
        var renditions = await Task.WhenAll(pictures.Renditions.Select(picture => PublishAsync(input.Source, picture, cancellation)));
        var thumbnail = await PublishAsync(input.Source, pictures.Thumbnail, cancellation);
        await progress.ReportAsync(input.Source, AssetSteps.Render, 1, cancellation);
        return Step<ImageFacts>.Done(new ImageFacts(input.Probe.WidthPx, input.Probe.HeightPx, input.Probe.Format, renditions, thumbnail));
    }

    private async Task<ImageRendition> PublishAsync(MediaSource source, RenderedImage picture, CancellationToken cancellation)
    {
        var published = await blobs.PublishAsync(source.ProjectId, picture.File, Path.GetExtension(picture.File)[1..], cancellation);
        return new ImageRendition(picture.WidthPx, picture.HeightPx, published.Path, published.Url, published.Bytes, published.ContentType);
    }
}
