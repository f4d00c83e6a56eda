using Microsoft.Azure.Functions.Worker;
using Portico.Assets;
using Portico.Blobs;
using Portico.Images;
using Portico.Tools;
using Portico.Vision;

namespace Portico.Markers;

/// <summary>
/// Compiles a picture to a marker file and publishes it. Idempotent by the source: the compiler is pure, the file is
/// named by its content, and the marker's id follows from the asset's. Only the advice about the project's other markers
/// depends on which there are.
/// </summary>
public sealed class CompileMarker(IBlobStore blobs, WorkFolders folders, ImageTool images, AlikeMarkers alike, IAssetProgress progress)
{
    /// <summary>More pixels add nothing to a marker.</summary>
    private const int LongSidePx = 1000;

    [Function(MediaActivities.CompileMarker)]
    public async Task<Step<MarkerFacts>> RunAsync([ActivityTrigger] ImageToRender input, CancellationToken cancellation)
    {
        using var folder = folders.Create();
        var (file, failure) = await PinnedSource.DownloadAsync(blobs, input.Source, folder, cancellation);
        if (failure is not null)
        {
            return new Step<MarkerFacts>(null, failure);
        }

        await progress.ReportAsync(input.Source, AssetSteps.Compile, 0.1, cancellation);
        var luma = await images.DecodeLumaAsync(file, folder, LongSidePx, cancellation);
        if (luma.Value is not { } gray)
        {
            return new Step<MarkerFacts>(null, luma.Failure);
        }

        await progress.ReportAsync(input.Source, AssetSteps.Compile, 0.3, cancellation);
        var marker = await Task.Run(() => MarkerCompiler.Compile(new GrayImageView(gray.Luma, gray.WidthPx, gray.HeightPx), cancellation), cancellation);
        await File.WriteAllBytesAsync(folder.File("picture.marker"), marker.File, cancellation);
        var published = await blobs.PublishAsync(input.Source.ProjectId, folder.File("picture.marker"), "marker", cancellation);
        await progress.ReportAsync(input.Source, AssetSteps.Compile, 0.8, cancellation);

        var id = IdFor(input.Source.AssetId);
        var advice = marker.Quality.Advice.Select(advice => new MarkerAdvice(advice.Code, advice.Words)).ToList();
        if (await alike.FindAsync(input.Source.ProjectId, id, marker.File, cancellation) is { } other)
        {
            advice.Add(other);
        }

        await progress.ReportAsync(input.Source, AssetSteps.Compile, 1, cancellation);
        return Step<MarkerFacts>.Done(new MarkerFacts(
            id, published.Path, published.Url, published.Bytes, marker.WidthPx, marker.HeightPx, marker.KeypointCount, Score(marker.Quality),
            new MarkerHeat(marker.HeatMap.Columns, marker.HeatMap.Rows, marker.HeatMap.Cells), advice));
    }

    /// <summary>An asset has at most one marker: <c>ast_{project}.{own}</c> → <c>mrk_{project}.{own}</c>.</summary>
    public static string IdFor(string assetId) => "mrk_" + assetId[(assetId.IndexOf('_') + 1)..];

    private static MarkerScore Score(MarkerQuality quality) =>
        new(quality.Score, [.. quality.Parts.Select(part => new MarkerScorePart(part.Name, part.Score, part.Words))]);
}
