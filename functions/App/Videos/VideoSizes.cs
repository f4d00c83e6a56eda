namespace Portico.Videos;

/// <summary>Sizes of frames, in pixels, as they are shown.</summary>
public static class VideoSizes
{
    private static readonly int[] ShortSides = [1080, 720, 480];

    /// <summary>The size as shown: square pixels, turned as the camera was held.</summary>
    /// <param name="sampleAspect">Width of a stored pixel over its height.</param>
    /// <param name="rotationDegrees">A multiple of 90, either direction.</param>
    public static (int WidthPx, int HeightPx) Upright(int storedWidthPx, int storedHeightPx, double sampleAspect, double rotationDegrees)
    {
        var width = Math.Clamp((int)Math.Round(storedWidthPx * sampleAspect), 1, ushort.MaxValue);
        return Math.Abs(Math.IEEERemainder(rotationDegrees, 180)) > 45 ? (storedHeightPx, width) : (width, storedHeightPx);
    }

    /// <summary>
    /// The ladder, largest first: 1080, 720 and 480 on the short side within 16:9 boxes, never enlarged, all sides
    /// even. The box keeps a cinema-wide clip at 1,920 pixels across, which every phone decodes.
    /// </summary>
    public static IReadOnlyList<(int WidthPx, int HeightPx)> Ladder(int widthPx, int heightPx)
    {
        var sizes = new List<(int WidthPx, int HeightPx)>();
        foreach (var side in ShortSides)
        {
            var size = Fit(widthPx, heightPx, side);

            // A rung less than a tenth below the last saves nobody anything.
            if (sizes.Count == 0 || Math.Max(size.WidthPx, size.HeightPx) < 0.9 * Math.Max(sizes[^1].WidthPx, sizes[^1].HeightPx))
            {
                sizes.Add(size);
            }
        }

        return sizes;
    }

    private static (int WidthPx, int HeightPx) Fit(int widthPx, int heightPx, int shortSidePx)
    {
        var scale = Math.Min(1.0, Math.Min(
            shortSidePx / (double)Math.Min(widthPx, heightPx),
            shortSidePx * 16 / 9.0 / Math.Max(widthPx, heightPx)));
        return (Even(widthPx * scale), Even(heightPx * scale));
    }

    // 4:2:0 stores colour for blocks of 2×2. A side under 2 can't come from a source within MediaLimits, save for extreme strips.
    private static int Even(double side) => Math.Max(2, (int)(side / 2 + 1e-6) * 2);
}
