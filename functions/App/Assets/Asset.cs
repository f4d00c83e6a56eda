using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Assets;

/// <summary>An uploaded file with its processing status and renditions.</summary>
public sealed record Asset : IDocument
{
    public const string IdPrefix = "ast";
    public static readonly DocumentType<Asset> Documents = new("assets", "/projectId", "asset");

    public required string Id { get; init; }
    public required string ProjectId { get; init; }

    [JsonIgnore]
    public string PartitionKey => ProjectId;

    public required AssetKind Kind { get; init; }

    /// <summary>The client's file name: shown, never used in a path.</summary>
    public required string Name { get; init; }

    public required AssetStatus Status { get; init; }
    public AssetProgress? Progress { get; init; }
    public AssetFailure? Failure { get; init; }
    public required AssetSource Source { get; init; }
    public ImageFacts? Image { get; init; }
    public VideoFacts? Video { get; init; }

    /// <summary>The marker compiled from an image; null until then.</summary>
    public string? MarkerId { get; init; }

    /// <summary>How often processing has begun: orders the progress of one run after that of another.</summary>
    public int Run { get; init; }

    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

[JsonConverter(typeof(JsonStringEnumConverter<AssetKind>))]
public enum AssetKind
{
    [JsonStringEnumMemberName("image")]
    Image,
    [JsonStringEnumMemberName("video")]
    Video,
}

[JsonConverter(typeof(JsonStringEnumConverter<AssetStatus>))]
public enum AssetStatus
{
    [JsonStringEnumMemberName("awaitingUpload")]
    AwaitingUpload,
    [JsonStringEnumMemberName("processing")]
    Processing,
    [JsonStringEnumMemberName("ready")]
    Ready,
    [JsonStringEnumMemberName("failed")]
    Failed,
}

/// <param name="Step">Stable name of the step: <c>check</c>, <c>render</c>, <c>compile</c>, <c>transcode</c>, <c>publish</c>.</param>
/// <param name="Fraction">Of the whole asset, 0–1, never falling.</param>
public sealed record AssetProgress(string Step, double Fraction);

/// <summary>Why processing ended without a result.</summary>
/// <param name="Code">From the catalogue in docs/errors.md.</param>
/// <param name="Message">For a marketer: what is wrong with the file and what to do.</param>
public sealed record AssetFailure(string Code, string Message);

/// <param name="DeclaredBytes">What the client said it would send.</param>
/// <param name="ETag">Version of the upload that processing is pinned to; the ingest is idempotent by it.</param>
/// <param name="ClaimedBy">The orchestration that processes it; every other leaves it alone.</param>
public sealed record AssetSource(string ContentType, long DeclaredBytes, long? Bytes = null, string? ETag = null, string? ClaimedBy = null);

/// <summary>An image, upright, and its renditions (widest first).</summary>
public sealed record ImageFacts(int WidthPx, int HeightPx, string Format, IReadOnlyList<ImageRendition> Renditions, ImageRendition Thumbnail);

public sealed record ImageRendition(int WidthPx, int HeightPx, string Path, string Url, long Bytes, string ContentType);

/// <summary>A video, upright, its poster and its renditions (tallest first).</summary>
public sealed record VideoFacts(int WidthPx, int HeightPx, double DurationSeconds, double FramesPerSecond, bool HasAudio, IReadOnlyList<VideoRendition> Renditions, ImageRendition Poster);

public sealed record VideoRendition(int WidthPx, int HeightPx, int BitsPerSecond, string Codecs, string Path, string Url, long Bytes, string ContentType);
