using System.Globalization;
using Microsoft.Extensions.Logging;
using Portico.Assets;
using Portico.Tools;

namespace Portico.Videos;

/// <summary>Makes what browsers play from what people upload, file to file.</summary>
public sealed class VideoTranscoding(ToolRunner tools, VideoProbing probing, ILogger<VideoTranscoding> log)
{
    /// <summary>High enough for any screen; slow-motion clips of 240 fps gain nothing in a browser.</summary>
    private const double MaxFramesPerSecond = 60;

    /// <summary>A key frame every two seconds: a loop or a seek starts soon enough, at a small cost in bits.</summary>
    private const int KeyFrameSeconds = 2;

    /// <summary>
    /// The preset superfast with the one thing that it gives up and that pays: bits go where later frames copy from
    /// (mbtree). Measured on two cores, a noisy 1080p30 clip of 10 s: 12.0 s and 8.2 MB for the ladder where veryfast takes
    /// 19.2 s and 8.0 MB, at the same SSIM (0.923). Superfast alone spends a fifth more on that clip, and twice the bits on a clean one.
    /// </summary>
    private static readonly string[] Effort = ["-preset", "superfast", "-x264-params", "mbtree=1:rc-lookahead=10"];

    /// <summary>Under host.json's functionTimeout, so that it's us who say what happened.</summary>
    private static readonly TimeSpan LongestRun = TimeSpan.FromMinutes(25);

    /// <summary>
    /// One ffmpeg decodes once and encodes the whole ladder (see <see cref="VideoSizes.Ladder"/>): H.264 High with AAC
    /// in MP4, index first, upright, BT.709, without metadata. The first rung is the largest.
    /// </summary>
    /// <param name="onFraction">How far it has come, 0–1; called often, must not block.</param>
    public async Task<Step<TranscodedVideo>> TranscodeAsync(
        string file, VideoProbe probe, WorkFolder folder, Action<double> onFraction, CancellationToken cancellation)
    {
        var sizes = VideoSizes.Ladder(probe.WidthPx, probe.HeightPx);
        var outputs = sizes.Select((_, rung) => $"rung{rung}.mp4").ToArray();
        ToolResult result;
        try
        {
            result = await tools.RunAsync(
                Tool.Ffmpeg, Arguments(file, probe, sizes, outputs), folder, Limits(probe.DurationSeconds), cancellation,
                line =>
                {
                    if (FfmpegProgress.Seconds(line) is { } seconds)
                    {
                        onFraction(Math.Clamp(seconds / probe.DurationSeconds, 0, 1));
                    }
                });
        }
        catch (ToolTimeoutException e) when (Limits(probe.DurationSeconds).WallClock == LongestRun)
        {
            // Even on a busy machine another half hour would not help: this is not retried.
            return Refuse(AssetFailures.VideoTooComplex, e.Message);
        }

        if (Judge(result) is { } failure)
        {
            return Refuse(failure, $"{result.End}, exit code {result.ExitCode}. {result.Errors}");
        }

        var rungs = new List<MadeVideo>();
        foreach (var output in outputs)
        {
            rungs.Add(await probing.DescribeAsync(output, folder, cancellation));
        }

        // An index that comes first promises what a cut-off file doesn't hold.
        return rungs[0].DurationSeconds < 0.9 * probe.DurationSeconds - 1
            ? Refuse(AssetFailures.VideoTruncated, $"{rungs[0].DurationSeconds} s came out of {probe.DurationSeconds} s.")
            : Step<TranscodedVideo>.Done(new TranscodedVideo(rungs, await MakePosterAsync(rungs[0], folder, cancellation)));
    }

    private Step<TranscodedVideo> Refuse(AssetFailureKind failure, string reason)
    {
        log.LogInformation("A video could not be transcoded: {Code}. {Reason}", failure.Code, reason);
        return failure.Reject<TranscodedVideo>();
    }

    private static AssetFailureKind? Judge(ToolResult result) => result switch
    {
        { End: not ToolEnd.Exited } => AssetFailures.VideoTooComplex,
        { Succeeded: true } when !result.Errors.Contains("partial file", StringComparison.Ordinal) => null,
        _ when result.Errors.Contains("Cannot allocate memory", StringComparison.Ordinal) => AssetFailures.VideoTooComplex,
        _ when result.Errors.Contains("No space left on device", StringComparison.Ordinal) => throw new IOException("The disk is full."),
        _ => AssetFailures.VideoTruncated,
    };

    /// <summary>
    /// Measured, resident at the peak: 1080p 0.53 GB, 4K H.265 at 60 fps 0.62 GB and 4.7 s of processor time for each
    /// second. The rest is room for 8K and for HDR.
    /// </summary>
    private static ToolLimits Limits(double durationSeconds)
    {
        var wallClock = TimeSpan.FromSeconds(120 + (20 * durationSeconds));
        return new ToolLimits(
            MemoryBytes: 3L << 30,
            ReservedAddressBytes: 2L << 30,
            FileBytes: 4L << 30,
            CpuTime: TimeSpan.FromSeconds(120 + (40 * durationSeconds)),
            WallClock: wallClock < LongestRun ? wallClock : LongestRun);
    }

    private static List<string> Arguments(string file, VideoProbe probe, IReadOnlyList<(int WidthPx, int HeightPx)> sizes, string[] outputs)
    {
        var framesPerSecond = Math.Clamp(probe.FramesPerSecond, 1, MaxFramesPerSecond);
        List<string> arguments =
        [
            "-v", "error", "-nostdin", "-y", "-progress", "pipe:1",
            .. HostileInput.Options,
            "-t", Text(MediaLimits.MaxVideoSeconds + 1), "-i", file,
            "-filter_complex", Filters(probe.IsHdr, framesPerSecond, sizes),
        ];
        for (var rung = 0; rung < sizes.Count; rung++)
        {
            var bits = BitsPerSecond(sizes[rung]);
            arguments.AddRange(["-map", $"[rung{rung}]"]);
            if (probe.HasAudio)
            {
                arguments.AddRange(["-map", "0:a:0", "-c:a", "aac", "-b:a", rung == 0 ? "128k" : "96k", "-ac", "2", "-ar", "48000"]);
            }

            arguments.AddRange(
            [
                "-c:v", "libx264", .. Effort, "-profile:v", "high", "-pix_fmt", "yuv420p",
                "-crf", "23", "-maxrate", Text(bits), "-bufsize", Text(2 * bits),
                "-g", Text(Math.Round(KeyFrameSeconds * framesPerSecond)),
                "-color_range", "tv", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
                // Place, time and camera stay with the author; the same source gives the same bytes.
                "-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact", "-flags:a", "+bitexact",
                "-movflags", "+faststart", outputs[rung],
            ]);
        }

        return arguments;
    }

    private static string Filters(bool isHdr, double framesPerSecond, IReadOnlyList<(int WidthPx, int HeightPx)> sizes)
    {
        // HDR: to linear light in floating point, to BT.709's primaries, highlights rolled off, back to a display curve.
        // Scaled first, because the rest costs by the pixel.
        var toSdr = isHdr
            ? $"zscale=w={sizes[0].WidthPx}:h={sizes[0].HeightPx},zscale=t=linear:npl=100,format=gbrpf32le,zscale=p=bt709,tonemap=hable:desat=0,zscale=t=bt709:m=bt709:r=tv,"
            : "";
        var graph = $"[0:v:0]fps={Text(framesPerSecond)},{toSdr}{Scale(sizes[0])},format=yuv420p,setsar=1";
        if (sizes.Count == 1)
        {
            return graph + "[rung0]";
        }

        var smaller = Enumerable.Range(1, sizes.Count - 1);
        return $"{graph},split={sizes.Count}[rung0]{string.Concat(smaller.Select(rung => $"[whole{rung}]"))};"
            + string.Join(';', smaller.Select(rung => $"[whole{rung}]{Scale(sizes[rung])}[rung{rung}]"));

        static string Scale((int WidthPx, int HeightPx) size) =>
            $"scale={size.WidthPx}:{size.HeightPx}:flags=bicubic:out_color_matrix=bt709:out_range=tv";
    }

    /// <summary>The ceiling; quality (CRF) decides below it. 1080p: 6 Mbit/s, in proportion to pixels to the power of 0.75.</summary>
    private static int BitsPerSecond((int WidthPx, int HeightPx) size) =>
        (int)(6_000_000 * Math.Pow(size.WidthPx * (double)size.HeightPx / (1920 * 1080), 0.75)) + 100_000;

    /// <summary>
    /// The most typical of the frames that follow the first tenth (a second at most): not the black a clip fades in from.
    /// </summary>
    private async Task<RenderedPoster> MakePosterAsync(MadeVideo video, WorkFolder folder, CancellationToken cancellation)
    {
        var start = Math.Min(1, video.DurationSeconds / 10);
        var result = await tools.RunAsync(
            Tool.Ffmpeg,
            ["-v", "error", "-nostdin", "-y", "-ss", Text(start), "-t", "2", "-i", video.File, "-vf", "thumbnail=50", "-frames:v", "1", "-c:v", "libwebp", "-quality", "80", "poster.webp"],
            folder, Limits(1), cancellation);
        return result.Succeeded && File.Exists(folder.File("poster.webp"))
            ? new RenderedPoster(folder.File("poster.webp"), video.WidthPx, video.HeightPx)
            : throw new InvalidOperationException($"No poster could be made: {result.Errors}");
    }

    private static string Text(double number) => number.ToString("0.######", CultureInfo.InvariantCulture);
}

/// <param name="Rungs">Largest first.</param>
public sealed record TranscodedVideo(IReadOnlyList<MadeVideo> Rungs, RenderedPoster Poster);

/// <summary>A still of a video, in a work folder.</summary>
public sealed record RenderedPoster(string File, int WidthPx, int HeightPx);
