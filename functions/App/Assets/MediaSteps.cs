namespace Portico.Assets;

// The typed seam between the ingest orchestration and the activities of Images, Videos and Markers.
// Orchestration histories hold these records: add optional members, never rename or retype one.

/// <summary>Which asset, and where its pinned source lies. The key by which every media activity is idempotent.</summary>
public sealed record MediaSource(string ProjectId, string AssetId, AssetKind Kind, string SourceETag);

/// <summary>A result, or a reason in the marketer's words: a bad file is an expected outcome, never an exception.</summary>
public sealed record Step<T>(T? Value, AssetFailure? Failure)
    where T : class
{
    public static Step<T> Done(T value) => new(value, null);
}

/// <summary>What a header probe found; sizes are after orientation.</summary>
public sealed record ImageProbe(int WidthPx, int HeightPx, string Format);

/// <summary>What ffprobe found; sizes are after rotation.</summary>
public sealed record VideoProbe(int WidthPx, int HeightPx, double DurationSeconds, double FramesPerSecond, bool HasAudio, string Codec, bool IsHdr);

/// <summary>A compiled and published marker.</summary>
/// <param name="HeatMap">Null from compilers that drew none.</param>
/// <param name="Advice">Null from compilers whose advice had no codes.</param>
public sealed record MarkerFacts(
    string MarkerId, string Path, string Url, long Bytes, int WidthPx, int HeightPx, int KeypointCount, MarkerScore Quality,
    MarkerHeat? HeatMap = null, IReadOnlyList<MarkerAdvice>? Advice = null);

/// <param name="Score">0–100; predicts detection.</param>
/// <param name="Advice">Words without codes, of earlier compilers: read, no longer written.</param>
public sealed record MarkerScore(int Score, IReadOnlyList<MarkerScorePart> Parts, IReadOnlyList<string>? Advice = null);

/// <summary>Where on the picture cameras find something to hold on to.</summary>
/// <param name="Cells">0 (nothing) to 255, rows from the top; base64 in JSON.</param>
public sealed record MarkerHeat(int Columns, int Rows, byte[] Cells);

/// <summary>What would make the picture easier to find.</summary>
/// <param name="Code">Stable: docs/marker-quality.md.</param>
/// <param name="Text">For the picture's author.</param>
/// <param name="MarkerId">The other marker, where the advice is about one.</param>
/// <param name="AssetId">Its picture.</param>
public sealed record MarkerAdvice(string Code, string Text, string? MarkerId = null, string? AssetId = null);

/// <param name="Score">0–100.</param>
public sealed record MarkerScorePart(string Name, int Score, string Explanation);

/// <summary>Input of the video transcode: the source and what is already known of it.</summary>
public sealed record VideoToTranscode(MediaSource Source, VideoProbe Probe);

/// <summary>Input of the image steps.</summary>
public sealed record ImageToRender(MediaSource Source, ImageProbe Probe);

/// <summary>Names of the activities, so that a misspelling is a compile error.</summary>
public static class MediaActivities
{
    /// <summary><see cref="MediaSource"/> → <see cref="Step{T}"/> of <see cref="ImageProbe"/>.</summary>
    public const string ProbeImage = nameof(ProbeImage);

    /// <summary><see cref="ImageToRender"/> → <see cref="Step{T}"/> of <see cref="ImageFacts"/>.</summary>
    public const string RenderImages = nameof(RenderImages);

    /// <summary><see cref="ImageToRender"/> → <see cref="Step{T}"/> of <see cref="MarkerFacts"/>.</summary>
    public const string CompileMarker = nameof(CompileMarker);

    /// <summary><see cref="MediaSource"/> → <see cref="Step{T}"/> of <see cref="VideoProbe"/>.</summary>
    public const string ProbeVideo = nameof(ProbeVideo);

    /// <summary><see cref="VideoToTranscode"/> → <see cref="Step{T}"/> of <see cref="VideoFacts"/>.</summary>
    public const string TranscodeVideo = nameof(TranscodeVideo);
}
