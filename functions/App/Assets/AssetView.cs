namespace Portico.Assets;

/// <summary>An asset as members of its project see it: <c>Asset</c> in static-webxr/shared/api.ts.</summary>
public sealed record AssetView(
    string Id,
    string ProjectId,
    AssetKind Kind,
    string Name,
    AssetStatus Status,
    AssetProgress? Progress,
    AssetFailure? Failure,
    AssetSourceView Source,
    ImageView? Image,
    VideoView? Video,
    string? MarkerId,
    DateTimeOffset CreatedAt,
    DateTimeOffset UpdatedAt)
{
    public static AssetView Of(Asset asset) => new(
        asset.Id,
        asset.ProjectId,
        asset.Kind,
        asset.Name,
        asset.Status,
        asset.Status == AssetStatus.Processing ? asset.Progress : null,
        asset.Failure,
        new(asset.Source.ContentType, asset.Source.DeclaredBytes, asset.Source.Bytes),
        asset.Image is { } image ? new(image.WidthPx, image.HeightPx, image.Format, [.. image.Renditions.Select(View)], View(image.Thumbnail)) : null,
        asset.Video is { } video ? new(video.WidthPx, video.HeightPx, video.DurationSeconds, video.FramesPerSecond, video.HasAudio, [.. video.Renditions.Select(View)], View(video.Poster)) : null,
        asset.MarkerId,
        asset.CreatedAt,
        asset.UpdatedAt);

    private static ImageRenditionView View(ImageRendition rendition) =>
        new(rendition.WidthPx, rendition.HeightPx, rendition.Url, rendition.Bytes, rendition.ContentType);

    private static VideoRenditionView View(VideoRendition rendition) =>
        new(rendition.WidthPx, rendition.HeightPx, rendition.BitsPerSecond, rendition.Codecs, rendition.Url, rendition.Bytes, rendition.ContentType);
}

public sealed record AssetSourceView(string ContentType, long DeclaredBytes, long? Bytes);

public sealed record ImageView(int WidthPx, int HeightPx, string Format, IReadOnlyList<ImageRenditionView> Renditions, ImageRenditionView Thumbnail);

public sealed record ImageRenditionView(int WidthPx, int HeightPx, string Url, long Bytes, string ContentType);

public sealed record VideoView(int WidthPx, int HeightPx, double DurationSeconds, double FramesPerSecond, bool HasAudio, IReadOnlyList<VideoRenditionView> Renditions, ImageRenditionView Poster);

public sealed record VideoRenditionView(int WidthPx, int HeightPx, int BitsPerSecond, string Codecs, string Url, long Bytes, string ContentType);
