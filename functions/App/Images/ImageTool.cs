using System.Globalization;
using Microsoft.Extensions.Logging;
using Portico.Assets;
using Portico.Tools;

namespace Portico.Images;

/// <summary>
/// Reads, renders and greys one picture, file to file, in a child process (functions/ImageWorker) that is confined and
/// may crash. A bad picture is a rejection; a missing library, a timeout or a stray kill is an exception.
/// </summary>
public sealed class ImageTool(ToolRunner tools, ILogger<ImageTool> log)
{
    /// <summary>
    /// Measured, resident at the peak: 12-megapixel JPEG 130 MB and 1.2 s of processor time, 48-megapixel JPEG on its
    /// side 150 MB, 50-megapixel PNG with 16 bits and alpha 290 MB and 2.3 s. The rest is room for other decoders.
    /// </summary>
    private static readonly ToolLimits Limits = new(
        MemoryBytes: 1L << 30,
        ReservedAddressBytes: 4L << 30,
        FileBytes: 512L << 20,
        CpuTime: TimeSpan.FromSeconds(60),
        WallClock: TimeSpan.FromSeconds(120));

    /// <summary>Sides in pixels of what <see cref="RenderAsync"/> makes.</summary>
    private const string LongSides = "2048,1024,512";
    private const string JpegSide = "1024";
    private const string ThumbnailSide = "320";

    /// <summary>Reads the header; decodes nothing.</summary>
    public async Task<Step<ImageProbe>> ProbeAsync(string file, WorkFolder folder, CancellationToken cancellation)
    {
        var (lines, failure) = await RunAsync(folder, ["probe", file, MaxPixels], cancellation);
        return failure is null
            ? Step<ImageProbe>.Done(new ImageProbe(Number(lines[0][1]), Number(lines[0][2]), lines[0][0]))
            : new Step<ImageProbe>(null, failure);
    }

    /// <summary>
    /// Writes renditions into <paramref name="folder"/>: WebP at long sides of 2,048, 1,024 and 512 pixels (never
    /// enlarged), a JPEG at 1,024 and a thumbnail at 320. Upright, sRGB, without metadata. The same picture gives the
    /// same bytes on the same libvips.
    /// </summary>
    public async Task<Step<RenderedImages>> RenderAsync(string file, WorkFolder folder, CancellationToken cancellation)
    {
        var (lines, failure) = await RunAsync(folder, ["render", file, MaxPixels, LongSides, JpegSide, ThumbnailSide], cancellation);
        if (failure is not null)
        {
            return new Step<RenderedImages>(null, failure);
        }

        var files = lines.ToLookup(line => line[0], line => new RenderedImage(folder.File(line[1]), Number(line[2]), Number(line[3])));
        return Step<RenderedImages>.Done(new RenderedImages([.. files["rendition"]], files["thumbnail"].Single()));
    }

    /// <summary>
    /// The picture's brightness, upright, at most <paramref name="longSidePx"/> on the long side; what is transparent
    /// counts as white.
    /// </summary>
    public async Task<Step<GrayImage>> DecodeLumaAsync(string file, WorkFolder folder, int longSidePx, CancellationToken cancellation)
    {
        const string Raw = "luma.raw";
        var side = longSidePx.ToString(CultureInfo.InvariantCulture);
        var (lines, failure) = await RunAsync(folder, ["luma", file, MaxPixels, side, Raw], cancellation);
        return failure is null
            ? Step<GrayImage>.Done(new GrayImage(Number(lines[0][0]), Number(lines[0][1]), await File.ReadAllBytesAsync(folder.File(Raw), cancellation)))
            : new Step<GrayImage>(null, failure);
    }

    private static string MaxPixels => MediaLimits.MaxImagePixels.ToString(CultureInfo.InvariantCulture);

    private async Task<(string[][] Lines, AssetFailure? Failure)> RunAsync(WorkFolder folder, string[] arguments, CancellationToken cancellation)
    {
        if (AssetFailures.CheckSize(AssetKind.Image, new FileInfo(folder.File(arguments[1])).Length) is { } wrongSize)
        {
            return ([], wrongSize);
        }

        var result = await tools.RunAsync(Tool.ImageWorker, arguments, folder, Limits, cancellation);
        var lines = result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split(' ')).ToArray();
        if (result.Succeeded)
        {
            return (lines, null);
        }

        var failure = Explain(result, lines);
        log.LogInformation("The image worker refused a picture at {Verb}: {Code} ({End}, exit code {ExitCode}). {Errors}", arguments[0], failure.Code, result.End, result.ExitCode, result.Errors);
        return ([], failure);
    }

    /// <summary>Exit codes stand in functions/ImageWorker/Program.cs.</summary>
    private static AssetFailure Explain(ToolResult result, string[][] lines) => result switch
    {
        { End: ToolEnd.OutOfCpu or ToolEnd.Crashed } or { ExitCode: 13 } => AssetFailures.ImageTooComplex.Because(),
        { ExitCode: 10 } => AssetFailures.ImageNotAnImage.Because(),
        { ExitCode: 11 } => AssetFailures.ImageTooManyPixels.Because(Megapixels(lines[0]), MediaLimits.MaxImagePixels / 1_000_000),
        { ExitCode: 12 } => AssetFailures.ImageTruncated.Because(),
        { ExitCode: 14 } => throw new ToolMissingException(Tool.ImageWorker),
        _ => throw new InvalidOperationException($"The image worker ended with {result.End}, exit code {result.ExitCode}: {result.Errors}"),
    };

    private static long Megapixels(string[] line) => (long)Number(line[1]) * Number(line[2]) / 1_000_000;

    private static int Number(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}

/// <param name="Renditions">Widest first; the last is the JPEG.</param>
public sealed record RenderedImages(IReadOnlyList<RenderedImage> Renditions, RenderedImage Thumbnail);

/// <summary>A picture in a work folder.</summary>
public sealed record RenderedImage(string File, int WidthPx, int HeightPx);

/// <summary>8-bit luma, rows from the top, no padding.</summary>
public sealed record GrayImage(int WidthPx, int HeightPx, byte[] Luma);
