using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Portico.Assets;
using Portico.Http;
using Portico.Markers;

namespace Portico.Links;

/// <summary>
/// The public JSON of a link: static-webxr/shared/manifest.ts, which changes together with this. Everything the viewer
/// needs and nothing that a stranger may not know.
/// </summary>
public sealed record Manifest(int Version, string Code, string Title, DateTimeOffset PublishedAt, IReadOnlyList<ManifestTarget> Targets, string TelemetryUrl)
{
    public const int CurrentVersion = 1;
    private const int MarkerFormatVersion = 1;

    /// <summary>
    /// The manifest of a link whose assets are all ready. The same link and assets give the same bytes: it is dated by
    /// the newest of them, not by the clock.
    /// </summary>
    public static Manifest Of(Link link, IReadOnlyList<PreparedTarget> targets) => new(
        CurrentVersion,
        link.Id,
        link.Title,
        targets.SelectMany(target => new[] { target.Image.UpdatedAt, target.Content.UpdatedAt }).Append(link.UpdatedAt).Max().ToUniversalTime(),
        [.. targets.Select(ManifestTarget.Of)],
        "/api/v1/analytics/track");

    public byte[] ToUtf8Json() => JsonSerializer.SerializeToUtf8Bytes(this, ApiJson.Options);

    internal static ManifestMarker MarkerOf(Marker marker) => new(marker.Url, marker.Bytes, MarkerFormatVersion);
}

/// <summary>A link's target with its assets, known to be ready.</summary>
public sealed record PreparedTarget(Asset Image, Marker Marker, Asset Content);

/// <param name="Id">Stays when targets are reordered or their content is exchanged; it tells nothing of the asset's id.</param>
public sealed record ManifestTarget(string Id, ManifestMarker Marker, ManifestPicture Picture, ManifestVideo Content)
{
    public static ManifestTarget Of(PreparedTarget target)
    {
        var image = target.Image.Image!;
        var video = target.Content.Video!;
        return new ManifestTarget(
            "t" + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(target.Image.Id)).AsSpan(0, 5)),
            Manifest.MarkerOf(target.Marker),
            new ManifestPicture(image.WidthPx, image.HeightPx, ImageOf(image.Thumbnail)),
            new ManifestVideo(
                "video",
                video.WidthPx,
                video.HeightPx,
                video.DurationSeconds,
                video.HasAudio,
                ImageOf(video.Poster),
                [.. video.Renditions
                    .OrderByDescending(rendition => rendition.HeightPx)
                    .Select(rendition => new ManifestVideoRendition(rendition.Url, rendition.WidthPx, rendition.HeightPx, rendition.BitsPerSecond, rendition.Codecs, rendition.Bytes))]));
    }

    private static ManifestImage ImageOf(ImageRendition rendition) => new(rendition.Url, rendition.WidthPx, rendition.HeightPx);
}

public sealed record ManifestMarker(string Url, long Bytes, int FormatVersion);

public sealed record ManifestPicture(int WidthPx, int HeightPx, ManifestImage Thumbnail);

public sealed record ManifestImage(string Url, int WidthPx, int HeightPx);

public sealed record ManifestVideo(string Kind, int WidthPx, int HeightPx, double DurationSeconds, bool HasAudio, ManifestImage Poster, IReadOnlyList<ManifestVideoRendition> Renditions);

public sealed record ManifestVideoRendition(string Url, int WidthPx, int HeightPx, int BitsPerSecond, string Codecs, long Bytes);
