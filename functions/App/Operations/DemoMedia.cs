using System.Globalization;
using Portico.Tools;

namespace Portico.Operations;

/// <summary>
/// Makes the demo campaign's files on the machine that shows them: a poster to print, and a clip in which the
/// poster comes alive. They are drawn, so they carry nobody's licence; the same files every time.
/// </summary>
public sealed class DemoMedia(ToolRunner tools)
{
    private const int ClipWidth = 720;
    private const int ClipHeight = 960;
    private const int ClipSeconds = 6;
    private const int FramesPerSecond = 24;

    private static readonly ToolLimits Limits = new(
        MemoryBytes: 2L << 30, ReservedAddressBytes: 2L << 30, FileBytes: 64L << 20, CpuTime: TimeSpan.FromMinutes(2), WallClock: TimeSpan.FromMinutes(3));

    /// <summary>Draws the poster: a JPEG of 1500×2000 pixels in <paramref name="folder"/>.</summary>
    public async Task<string> DrawPosterAsync(WorkFolder folder, CancellationToken cancellation)
    {
        var drawing = folder.File("poster.svg");
        await File.WriteAllTextAsync(drawing, DemoArtwork.Poster(), cancellation);
        await RunAsync(["-i", drawing, "-q:v", "2", folder.File("poster.jpg")], folder, cancellation);
        return folder.File("poster.jpg");
    }

    /// <summary>
    /// Films the poster: 6 s of H.264 and AAC in <paramref name="folder"/>. The sun's rays sway, birds cross, leaves
    /// stir, the sky changes its hue; all of it ends where it began, so the clip loops.
    /// </summary>
    public async Task<string> FilmClipAsync(WorkFolder folder, CancellationToken cancellation)
    {
        var arguments = new List<string>();
        foreach (var layer in Enum.GetValues<DemoArtwork.Layer>())
        {
            var drawing = folder.File($"{layer}.svg");
            await File.WriteAllTextAsync(drawing, DemoArtwork.Single(layer), cancellation);
            arguments.AddRange(["-i", drawing]);
        }

        arguments.AddRange([
            "-f", "lavfi", "-i", Chord,
            "-filter_complex", Motion,
            "-map", "[film]", "-map", "[sound]", "-t", ClipSeconds.ToString(CultureInfo.InvariantCulture),
            "-c:v", "libx264", "-preset", "veryfast", "-crf", "20", "-c:a", "aac", "-b:a", "96k", "-movflags", "+faststart",
            folder.File("clip.mp4"),
        ]);
        await RunAsync(arguments, folder, cancellation);
        return folder.File("clip.mp4");
    }

    /// <summary>G major, breathing: 196, 247, 294 and 392 Hz.</summary>
    private const string Chord =
        "aevalsrc='0.07*(sin(2*PI*196*t)+sin(2*PI*246.94*t)+0.8*sin(2*PI*293.66*t)+0.5*sin(2*PI*392*t))*(0.7+0.3*sin(2*PI*t/3))':s=48000";

    /// <summary>Inputs 0–5 are the layers in their order, 6 the sound.</summary>
    private static string Motion
    {
        get
        {
            var (sunX, sunY) = DemoArtwork.Sun;
            // Each drawing is decoded once and its one frame repeated: decoding it again for every frame takes three times as long.
            string Still(int input, string size, string format) => $"[{input}]scale={size},format={format},loop=-1:1,setpts=N/{FramesPerSecond}/TB";
            var size = $"{ClipWidth}:{ClipHeight}";
            return string.Create(CultureInfo.InvariantCulture, $"""
                {Still(0, size, "yuv420p")},fps={FramesPerSecond},hue=h='24*sin(2*PI*t/{ClipSeconds})'[sky];
                {Still(1, $"{2 * ClipWidth}:{2 * ClipWidth}", "yuva420p")},rotate=a='0.5*sin(2*PI*t/{ClipSeconds})':c=none:ow={ClipWidth}:oh={ClipHeight}[rays];
                {Still(2, size, "yuva420p")}[scene];
                {Still(3, size, "yuva420p")}[birds];
                {Still(4, size, "yuva420p")}[leaves];
                {Still(5, size, "yuva420p")}[mosaic];
                [sky][rays]overlay=x=W*{sunX}-w/2:y=H*{sunY}-h/2:alpha=premultiplied[a];
                [a][birds]overlay=x='-W+2*W*t/{ClipSeconds}':y='16*sin(PI*t)'[b];
                [b][scene]overlay[c];
                [c][leaves]overlay=x='5*sin(2*PI*t/3)':y='3+3*sin(PI*t)'[d];
                [d][mosaic]overlay,format=yuv420p[film];
                [6]afade=t=in:d=0.5,afade=t=out:st={ClipSeconds - 1}:d=1[sound]
                """);
        }
    }

    private async Task RunAsync(IReadOnlyList<string> arguments, WorkFolder folder, CancellationToken cancellation)
    {
        var result = await tools.RunAsync(Tool.Ffmpeg, ["-v", "error", "-nostdin", "-y", .. arguments], folder, Limits, cancellation);
        if (!result.Succeeded)
        {
            throw new InvalidOperationException($"The demo media could not be made: ffmpeg ended with {result.ExitCode}: {result.Errors}");
        }
    }
}
