using System.Globalization;

namespace Portico.ImageWorker;

/// <summary>What is made from a picture. Everything is upright, sRGB, eight bits, without metadata.</summary>
internal static class Rendering
{
    /// <summary>Near-transparent for photographs; text and flat colour stay clean.</summary>
    private const string WebpQuality = "82";

    private const string JpegQuality = "84";

    /// <summary>
    /// Writes a WebP for each long side, a JPEG for browsers and mail programs without WebP, and a thumbnail. A picture
    /// smaller than the largest side keeps its own size; nothing is enlarged.
    /// </summary>
    public static void WriteRenditions(string source, IEnumerable<int> longSidesPx, int jpegSidePx, int thumbnailSidePx, TextWriter report)
    {
        var sides = longSidesPx.OrderDescending().ToList();
        using var shrunk = Shrink(source, sides[0]);

        // Decoded once: every smaller rendition is made from the largest.
        using var largest = shrunk.DecodeWithoutMetadata();
        var ownSidePx = Math.Max(largest.WidthPx, largest.HeightPx);
        foreach (var side in sides.Select(side => Math.Min(side, ownSidePx)).Distinct())
        {
            using var image = Resize(largest, side);
            WriteWebp(image, $"w{side}.webp");
            Report("rendition", $"w{side}.webp", image);
        }

        using (var image = Resize(largest, Math.Min(jpegSidePx, ownSidePx)))
        {
            using var opaque = OnWhite(image);
            opaque.Save("jpegsave", ("filename", "fallback.jpg"), ("Q", JpegQuality), ("strip", "true"), ("interlace", "true"), ("optimize-coding", "true"));
            Report("rendition", "fallback.jpg", image);
        }

        using var thumbnail = Resize(largest, Math.Min(thumbnailSidePx, ownSidePx));
        WriteWebp(thumbnail, "thumbnail.webp");
        Report("thumbnail", "thumbnail.webp", thumbnail);

        void Report(string role, string file, VipsImage image) =>
            report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{role} {file} {image.WidthPx} {image.HeightPx}"));
    }

    /// <summary>Writes the picture's brightness, a byte a pixel, rows from the top, no padding.</summary>
    public static void WriteLuma(string source, int longSidePx, string file, TextWriter report)
    {
        using var shrunk = Shrink(source, longSidePx);
        using var opaque = OnWhite(shrunk);
        using var luma = opaque.Then("colourspace", ("space", "b-w"));
        using var bytes = luma.Then("cast", ("format", "uchar"));
        bytes.Save("rawsave", ("filename", file));
        report.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{bytes.WidthPx} {bytes.HeightPx}"));
    }

    /// <summary>
    /// Decodes to at most <paramref name="longSidePx"/>, upright and in sRGB. JPEG and WebP are shrunk while they are
    /// decoded. A file that breaks off is an error: libvips' default would fill the rest with grey.
    /// </summary>
    private static VipsImage Shrink(string source, int longSidePx)
    {
        var side = longSidePx.ToString(CultureInfo.InvariantCulture);
        using var image = VipsImage.Make(
            "thumbnail", null, ("filename", source), ("fail-on", "truncated"), ("width", side), ("height", side), ("size", "down"));
        using var profiled = ByColourProfile(image);
        using var colour = profiled.Then("colourspace", ("space", "srgb"));
        return colour.Then("cast", ("format", "uchar"));
    }

    /// <summary>
    /// Applies the embedded colour profile, if there is one. (The <c>export-profile</c> of <c>thumbnail</c> would do it
    /// too, but in libvips 8.14.1 it also darkens pictures without a profile: grey 25 came out as 11.)
    /// </summary>
    private static VipsImage ByColourProfile(VipsImage image)
    {
        if (image.HasColourProfile)
        {
            try
            {
                return image.Then("icc_transform", ("output-profile", "srgb"), ("embedded", "true"), ("black-point-compensation", "true"));
            }
            catch (VipsException)
            {
                // A profile that doesn't fit the picture is ignored, as browsers do.
            }
        }

        return image.Then("copy");
    }

    private static VipsImage Resize(VipsImage image, int longSidePx)
    {
        var side = longSidePx.ToString(CultureInfo.InvariantCulture);
        return image.Then("thumbnail_image", ("width", side), ("height", side), ("size", "down"));
    }

    private static VipsImage OnWhite(VipsImage image) =>
        image.HasAlpha ? image.Then("flatten", ("background", "255 255 255")) : image.Then("copy");

    private static void WriteWebp(VipsImage image, string file) =>
        image.Save("webpsave", ("filename", file), ("Q", WebpQuality), ("strip", "true"), ("effort", "3"), ("smart-subsample", "true"));
}
