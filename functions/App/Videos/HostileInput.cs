using System.Globalization;
using Portico.Assets;

namespace Portico.Videos;

/// <summary>What ffmpeg and ffprobe are told before they open a file that a stranger sent.</summary>
public static class HostileInput
{
    /// <summary>
    /// Only local files, only real containers: a playlist named <c>.mp4</c> would otherwise make them open other files
    /// and addresses. A frame over the pixel limit is refused before memory is taken for it.
    /// </summary>
    public static IReadOnlyList<string> Options { get; } =
    [
        "-protocol_whitelist", "file,pipe",
        "-format_whitelist", "mov,mp4,m4a,3gp,3g2,mj2,matroska,webm,avi,mpegts",
        "-max_pixels", MediaLimits.MaxVideoPixels.ToString(CultureInfo.InvariantCulture),
    ];
}

/// <summary>Lines of ffmpeg's <c>-progress</c> report.</summary>
public static class FfmpegProgress
{
    /// <summary>Seconds of output written so far, or null when the line tells something else.</summary>
    public static double? Seconds(string line) =>
        line.StartsWith("out_time_us=", StringComparison.Ordinal)
        && long.TryParse(line.AsSpan("out_time_us=".Length), CultureInfo.InvariantCulture, out var microseconds)
            ? microseconds / 1e6
            : null;
}

/// <summary>Codec names by which browsers decide whether they can play a file (RFC 6381).</summary>
public static class VideoCodecs
{
    /// <summary>AAC, low complexity.</summary>
    public const string AacLc = "mp4a.40.2";

    /// <summary><c>avc1.PPCCLL</c>: profile, constraints and level in hexadecimal.</summary>
    /// <param name="profile">As ffprobe names it.</param>
    /// <param name="level">Ten times the level: 31 is 3.1.</param>
    public static string H264(string profile, int level) => profile switch
    {
        "High" => "avc1.6400",
        "Main" => "avc1.4D40",
        "Constrained Baseline" => "avc1.42E0",
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "We don't make this profile."),
    } + level.ToString("X2", CultureInfo.InvariantCulture);
}
