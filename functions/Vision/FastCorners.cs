namespace Portico.Vision;

/// <summary>A corner in whole pixels of the image it was found in.</summary>
internal readonly record struct Corner(int X, int Y, byte Score);

/// <summary>
/// FAST-9: a corner is a pixel with nine neighbours in a row, on a circle of radius 3, that are all brighter or all
/// darker. Its score is the largest difference that still makes it one. Rosten and Drummond, "Machine learning for
/// high-speed corner detection", ECCV 2006. The tracker finds the same corners (assembly/fast-corners.ts).
/// </summary>
internal static class FastCorners
{
    private static readonly (int X, int Y)[] Circle =
    [
        (0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3),
        (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3),
    ];

    /// <summary>
    /// Corners at least <paramref name="margin"/> pixels (≥ 4) from every edge with a score of at least
    /// <paramref name="threshold"/> (≥ 1), in raster order. Of neighbours only the highest score stays; of equal
    /// ones, the first in raster order.
    /// </summary>
    public static List<Corner> Find(GrayImage image, int threshold, int margin)
    {
        int width = image.Width, height = image.Height;
        var corners = new List<Corner>();
        if (width <= 2 * margin || height <= 2 * margin)
            return corners;

        var scores = new byte[width * height];
        Span<int> offsets = stackalloc int[25];
        for (int i = 0; i < 25; i++)
            offsets[i] = Circle[i % 16].Y * width + Circle[i % 16].X;

        var pixels = image.Pixels;
        for (int y = margin - 1; y <= height - margin; y++)
        {
            for (int x = margin - 1; x <= width - margin; x++)
            {
                int score = Score(pixels, y * width + x, offsets, threshold);
                if (score >= threshold)
                    scores[y * width + x] = (byte)score;
            }
        }

        for (int y = margin; y < height - margin; y++)
        {
            for (int x = margin; x < width - margin; x++)
            {
                int at = y * width + x;
                byte s = scores[at];
                if (s == 0)
                    continue;
                if (s > scores[at - width - 1] && s > scores[at - width] && s > scores[at - width + 1] && s > scores[at - 1]
                    && s >= scores[at + 1] && s >= scores[at + width - 1] && s >= scores[at + width] && s >= scores[at + width + 1])
                {
                    corners.Add(new Corner(x, y, s));
                }
            }
        }
        return corners;
    }

    private static int Score(byte[] pixels, int at, ReadOnlySpan<int> offsets, int threshold)
    {
        int centre = pixels[at];
        // Nine in a row always hold one of the two ends of each diameter.
        int up = pixels[at + offsets[0]] - centre, down = pixels[at + offsets[8]] - centre;
        int right = pixels[at + offsets[4]] - centre, left = pixels[at + offsets[12]] - centre;
        int brighter = Math.Min(Math.Max(up, down), Math.Max(right, left));
        int darker = Math.Min(Math.Max(-up, -down), Math.Max(-right, -left));
        if (brighter < threshold && darker < threshold)
            return 0;

        Span<int> difference = stackalloc int[25];
        for (int i = 0; i < 25; i++)
            difference[i] = pixels[at + offsets[i]] - centre;
        int best = 0;
        for (int start = 0; start < 16; start++)
        {
            int low = int.MaxValue, high = int.MinValue;
            for (int i = start; i < start + 9; i++)
            {
                low = Math.Min(low, difference[i]);
                high = Math.Max(high, difference[i]);
            }
            best = Math.Max(best, Math.Max(low, -high));
        }
        return best;
    }
}
