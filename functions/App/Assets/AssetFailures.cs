using System.Globalization;

namespace Portico.Assets;

/// <summary>
/// Every reason for which a file can't be used. These are expected outcomes: they end an asset as failed, with
/// words for the person who uploaded it, and are never retried. What may go away by itself (a missing tool, an
/// outage, a machine too busy) is an exception instead.
/// </summary>
public static class AssetFailures
{
    public static readonly AssetFailureKind FileEmpty = new(
        "file.empty",
        "The file is empty. Choose it again; if it lies in a cloud folder, wait until it is downloaded to this device.",
        "The upload has no bytes.");

    public static readonly AssetFailureKind FileTooLarge = new(
        "file.too_large",
        "The file is larger than the {0} allowed. Export a smaller version and upload that.",
        "The upload exceeds its kind's limit: 64 MiB for images, 2 GiB for videos.");

    public static readonly AssetFailureKind ImageNotAnImage = new(
        "image.not_an_image",
        "This file is not a picture we can read. Use JPEG, PNG, WebP, GIF, HEIC or AVIF.",
        "The content, whatever the file's name, is none of JPEG, PNG, WebP, GIF, HEIC, AVIF.");

    public static readonly AssetFailureKind ImageTooManyPixels = new(
        "image.too_many_pixels",
        "The picture has {0} megapixels; at most {1} are allowed. Export it smaller: 2,048 pixels on the long side are plenty.",
        "The header announces more than 50 megapixels. Nothing was decoded.");

    public static readonly AssetFailureKind ImageTruncated = new(
        "image.truncated",
        "The picture is damaged or breaks off before its end. Open it on your device to check, export it again and upload it once more.",
        "The header is sound but the pixels can't be decoded to the end.");

    public static readonly AssetFailureKind ImageTooComplex = new(
        "image.too_complex",
        "The picture takes more memory or time to open than we allow. Export it as a plain JPEG and upload that.",
        "Decoding hit the tool's memory or processor limit, or made the decoder crash.");

    public static readonly AssetFailureKind VideoNotAVideo = new(
        "video.not_a_video",
        "This file is not a video we can read. Use MP4, MOV, 3GP, WebM, MKV, AVI or MPEG-TS.",
        "The content, whatever the file's name, is in none of the accepted containers, or its codec is unknown.");

    public static readonly AssetFailureKind VideoNoVideoStream = new(
        "video.no_video_stream",
        "The file holds sound but no moving picture. Upload the version with picture.",
        "The container has no video stream (cover art doesn't count).");

    public static readonly AssetFailureKind VideoTooManyPixels = new(
        "video.too_many_pixels",
        "The video's frames are {0}×{1} pixels; at most 8K (7680×4320) is allowed. Export it at 1080p or 4K.",
        "A frame has more than 33,177,600 pixels. Nothing was decoded.");

    public static readonly AssetFailureKind VideoTooSmall = new(
        "video.too_small",
        "The video's frames are {0}×{1} pixels, too small to show. Export it with at least 16 pixels on each side.",
        "A side of the frame is under 16 pixels.");

    public static readonly AssetFailureKind VideoTooLong = new(
        "video.too_long",
        "The video runs {0}; at most {1} minutes are allowed. Cut it and upload the part that matters.",
        "The clip runs longer than 10 minutes.");

    public static readonly AssetFailureKind VideoTruncated = new(
        "video.truncated",
        "The video is damaged or breaks off before its end. Play it on your device to check, export it again and upload it once more.",
        "The container or its stream can't be read to the end.");

    public static readonly AssetFailureKind VideoTooComplex = new(
        "video.too_complex",
        "The video takes more memory or time to convert than we allow. Export it as 1080p H.264 (MP4) and upload that.",
        "Converting hit the tool's memory or processor limit, or made the decoder crash.");

    public static readonly AssetFailureKind ProcessingFailed = new(
        "processing.failed",
        "The file may be fine, but we could not process it. Upload it again; if that fails too, tell us.",
        "A step kept failing for reasons that lie with us: a tool or a service was away longer than the retries last.");

    public static readonly AssetFailureKind BlobLost = new(
        "asset.blob_lost",
        "Our storage lost a part of this file. Please upload it again.",
        "At start, published media of the asset were missing and the uploaded file was gone too. A local installation whose storage process was killed can lose its last seconds. When the media come back (a restored back-up), the asset is ready again at the next start.");

    /// <summary>The catalogue's part about files, in the order of docs/errors.md.</summary>
    public static IReadOnlyList<AssetFailureKind> All { get; } =
    [
        FileEmpty, FileTooLarge,
        ImageNotAnImage, ImageTooManyPixels, ImageTruncated, ImageTooComplex,
        VideoNotAVideo, VideoNoVideoStream, VideoTooManyPixels, VideoTooSmall, VideoTooLong, VideoTruncated, VideoTooComplex,
        ProcessingFailed, BlobLost,
    ];

    /// <summary>The size limit's rejection, or null when <paramref name="bytes"/> is acceptable.</summary>
    public static AssetFailure? CheckSize(AssetKind kind, long bytes) => bytes switch
    {
        0 => FileEmpty.Because(),
        _ when bytes > MediaLimits.MaxBytes(kind) => FileTooLarge.Because(DescribeBytes(MediaLimits.MaxBytes(kind))),
        _ => null,
    };

    private static string DescribeBytes(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes >> 30} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes >> 20} MB");
}

/// <param name="Code">Stable, from the catalogue in docs/errors.md.</param>
/// <param name="Message">For a marketer: what is wrong with the file and what to do; a composite format string.</param>
/// <param name="Docs">For the catalogue: when it happens.</param>
public sealed record AssetFailureKind(string Code, string Message, string Docs)
{
    public AssetFailure Because(params object[] facts) => new(Code, string.Format(CultureInfo.InvariantCulture, Message, facts));

    /// <summary>This failure as a step's outcome.</summary>
    public Step<T> Reject<T>(params object[] facts)
        where T : class => new(null, Because(facts));
}
