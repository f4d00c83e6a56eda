using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;
using Portico.Assets;
using Portico.Tools;

namespace Portico.Videos;

/// <summary>What a video file says of itself, and whether we accept it.</summary>
public sealed partial class VideoProbing(ToolRunner tools, ILogger<VideoProbing> log)
{
    private static readonly ToolLimits Limits = new(
        MemoryBytes: 1L << 30,
        ReservedAddressBytes: 1L << 30,
        FileBytes: 1L << 20,
        CpuTime: TimeSpan.FromSeconds(30),
        WallClock: TimeSpan.FromSeconds(60));

    private static readonly string[] Wanted =
    [
        "format=format_name,duration,bit_rate",
        "stream=codec_type,codec_name,profile,level,width,height,avg_frame_rate,r_frame_rate,duration,color_transfer,sample_aspect_ratio",
        "stream_disposition=attached_pic",
        "stream_side_data=rotation",
    ];

    /// <summary>Checks a file that a stranger sent. Decodes at most the few frames that ffprobe needs.</summary>
    public async Task<Step<VideoProbe>> ProbeAsync(string file, WorkFolder folder, CancellationToken cancellation)
    {
        if (AssetFailures.CheckSize(AssetKind.Video, new FileInfo(folder.File(file)).Length) is { } wrongSize)
        {
            return new Step<VideoProbe>(null, wrongSize);
        }

        var result = await tools.RunAsync(Tool.Ffprobe, [.. HostileInput.Options, "-v", "error", "-of", "json", "-show_entries", string.Join(':', Wanted), "-i", file], folder, Limits, cancellation);
        var probe = await CheckAsync(result, file, folder, cancellation);
        if (probe.Failure is { } failure)
        {
            log.LogInformation("ffprobe refused a video: {Code} ({End}, exit code {ExitCode}). {Errors}", failure.Code, result.End, result.ExitCode, result.Errors);
        }

        return probe;
    }

    /// <summary>Reads a file that we have made ourselves.</summary>
    public async Task<MadeVideo> DescribeAsync(string file, WorkFolder folder, CancellationToken cancellation)
    {
        var result = await tools.RunAsync(Tool.Ffprobe, ["-v", "error", "-of", "json", "-show_entries", string.Join(':', Wanted), "-i", file], folder, Limits, cancellation);
        var report = result.Succeeded ? Parse(result.Output) : throw new InvalidOperationException($"ffprobe can't read a video of our own: {result.Errors}");
        var video = report.Streams.Single(stream => stream.CodecType == "video");
        var codecs = VideoCodecs.H264(video.Profile ?? "", video.Level);
        return new MadeVideo(
            folder.File(file), video.Width, video.Height,
            (int)Number(report.Format?.BitRate),
            report.Streams.Any(stream => stream.CodecType == "audio") ? $"{codecs},{VideoCodecs.AacLc}" : codecs,
            Number(report.Format?.Duration));
    }

    private async Task<Step<VideoProbe>> CheckAsync(ToolResult result, string file, WorkFolder folder, CancellationToken cancellation)
    {
        if (result.End != ToolEnd.Exited || result.Errors.Contains("Cannot allocate memory", StringComparison.Ordinal))
        {
            return AssetFailures.VideoTooComplex.Reject<VideoProbe>();
        }

        // With a frame over the limit ffprobe says so, and leaves width and height at 0.
        if (FrameTooLarge().Match(result.Errors) is { Success: true } size)
        {
            return AssetFailures.VideoTooManyPixels.Reject<VideoProbe>(size.Groups[1].Value, size.Groups[2].Value);
        }

        if (!result.Succeeded)
        {
            // Cameras write the index of an MP4 last: without it the recording or the upload was cut off.
            // (ffprobe takes anything named .mp4 for one, hence the look at the first bytes.)
            return result.Errors.Contains("moov atom not found", StringComparison.Ordinal) && StartsAsMp4(folder.File(file))
                ? AssetFailures.VideoTruncated.Reject<VideoProbe>()
                : AssetFailures.VideoNotAVideo.Reject<VideoProbe>();
        }

        var report = Parse(result.Output);
        if (report.Streams.FirstOrDefault(stream => stream is { CodecType: "video", Disposition.AttachedPicture: 0 }) is not { } video)
        {
            return AssetFailures.VideoNoVideoStream.Reject<VideoProbe>();
        }

        if (video.CodecName is null or "unknown" || video.Width <= 0 || video.Height <= 0)
        {
            return AssetFailures.VideoNotAVideo.Reject<VideoProbe>();
        }

        if ((long)video.Width * video.Height > MediaLimits.MaxVideoPixels)
        {
            return AssetFailures.VideoTooManyPixels.Reject<VideoProbe>(video.Width, video.Height);
        }

        var (width, height) = VideoSizes.Upright(video.Width, video.Height, Ratio(video.SampleAspectRatio, ':') ?? 1, video.SideData?.Select(data => data.Rotation).FirstOrDefault(r => r != 0) ?? 0);
        if (Math.Min(width, height) < MediaLimits.MinVideoSidePx)
        {
            return AssetFailures.VideoTooSmall.Reject<VideoProbe>(width, height);
        }

        var duration = Number(report.Format?.Duration ?? video.Duration);
        if (duration <= 0)
        {
            duration = await MeasureAsync(file, folder, cancellation);
        }

        if (duration <= 0)
        {
            return AssetFailures.VideoTruncated.Reject<VideoProbe>();
        }

        if (duration > MediaLimits.MaxVideoSeconds)
        {
            return AssetFailures.VideoTooLong.Reject<VideoProbe>(TimeSpan.FromSeconds(duration).ToString(@"h\:mm\:ss", CultureInfo.InvariantCulture), MediaLimits.MaxVideoSeconds / 60);
        }

        var framesPerSecond = Ratio(video.AverageFrameRate, '/') ?? Ratio(video.NominalFrameRate, '/') ?? 30;
        var hasAudio = report.Streams.FirstOrDefault(stream => stream.CodecType == "audio") is { CodecName: not (null or "unknown") };
        return Step<VideoProbe>.Done(new VideoProbe(
            width, height, duration, framesPerSecond, hasAudio, video.CodecName, IsHdr: video.ColorTransfer is "arib-std-b67" or "smpte2084"));
    }

    /// <summary>Browsers record WebM without a duration: count it without decoding. 0 when nothing can be read.</summary>
    private async Task<double> MeasureAsync(string file, WorkFolder folder, CancellationToken cancellation)
    {
        var seconds = 0.0;
        await tools.RunAsync(
            Tool.Ffmpeg,
            ["-v", "error", "-nostdin", .. HostileInput.Options, "-i", file, "-map", "0:v:0", "-c", "copy", "-progress", "pipe:1", "-f", "null", "-"],
            folder, Limits, cancellation,
            line => seconds = FfmpegProgress.Seconds(line) ?? seconds);
        return seconds;
    }

    /// <summary>The first box of ISO 14496-12 (or QuickTime): a length, then its type.</summary>
    private static bool StartsAsMp4(string path)
    {
        Span<byte> head = stackalloc byte[8];
        using var file = File.OpenRead(path);
        return file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false) == head.Length
            && System.Text.Encoding.ASCII.GetString(head[4..]) is "ftyp" or "mdat" or "wide" or "free" or "skip" or "moov";
    }

    private static Report Parse(string json) => JsonSerializer.Deserialize<Report>(json) ?? throw new InvalidOperationException("ffprobe wrote null.");

    private static double Number(string? text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : 0;

    /// <summary>Of "30000/1001"; null unless positive.</summary>
    private static double? Ratio(string? text, char separator) =>
        text?.Split(separator) is [var above, var below] && Number(above) / Number(below) is var ratio && double.IsFinite(ratio) && ratio > 0 ? ratio : null;

    [GeneratedRegex(@"Picture size (\d+)x(\d+) exceeds")]
    private static partial Regex FrameTooLarge();

    private sealed record Report
    {
        [JsonPropertyName("streams")] public IReadOnlyList<StreamReport> Streams { get; init; } = [];
        [JsonPropertyName("format")] public FormatReport? Format { get; init; }
    }

    private sealed record FormatReport
    {
        [JsonPropertyName("duration")] public string? Duration { get; init; }
        [JsonPropertyName("bit_rate")] public string? BitRate { get; init; }
    }

    private sealed record StreamReport
    {
        [JsonPropertyName("codec_type")] public string? CodecType { get; init; }
        [JsonPropertyName("codec_name")] public string? CodecName { get; init; }
        [JsonPropertyName("profile")] public string? Profile { get; init; }
        [JsonPropertyName("level")] public int Level { get; init; }
        [JsonPropertyName("width")] public int Width { get; init; }
        [JsonPropertyName("height")] public int Height { get; init; }
        [JsonPropertyName("sample_aspect_ratio")] public string? SampleAspectRatio { get; init; }
        [JsonPropertyName("avg_frame_rate")] public string? AverageFrameRate { get; init; }
        [JsonPropertyName("r_frame_rate")] public string? NominalFrameRate { get; init; }
        [JsonPropertyName("duration")] public string? Duration { get; init; }
        [JsonPropertyName("color_transfer")] public string? ColorTransfer { get; init; }
        [JsonPropertyName("disposition")] public DispositionReport Disposition { get; init; } = new();
        [JsonPropertyName("side_data_list")] public IReadOnlyList<SideDataReport>? SideData { get; init; }
    }

    private sealed record DispositionReport
    {
        [JsonPropertyName("attached_pic")] public int AttachedPicture { get; init; }
    }

    private sealed record SideDataReport
    {
        [JsonPropertyName("rotation")] public double Rotation { get; init; }
    }
}

/// <summary>A video of our own making, in a work folder.</summary>
public sealed record MadeVideo(string File, int WidthPx, int HeightPx, int BitsPerSecond, string Codecs, double DurationSeconds);
