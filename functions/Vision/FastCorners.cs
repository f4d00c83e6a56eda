using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Portico.Vision;

/// <summary>A corner in whole pixels of the image it was found in.</summary>
internal readonly record struct Corner(int X, int Y, byte Score);

/// <summary>
/// FAST-9: a corner is a pixel with nine neighbours in a row, on a circle of radius 3, that are all brighter or all
/// darker. Its score is the largest difference that still makes it one. Rosten and Drummond, "Machine learning for
/// high-speed corner detection", ECCV 2006. The tracker finds the same corners (assembly/fast-corners.ts), and so does
/// every path.
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
    public static List<Corner> Find(GrayImage image, int threshold, int margin) => Find(image, threshold, margin, VectorPaths.Widest);

    public static List<Corner> Find(GrayImage image, int threshold, int margin, VectorPath path)
    {
        int width = image.Width, height = image.Height;
        var corners = new List<Corner>();
        if (width <= 2 * margin || height <= 2 * margin)
            return corners;

        var scores = new byte[width * height];
        WriteScores(image.Pixels, scores, width, height, threshold, margin, path);

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

    /// <summary>
    /// Scores of all pixels at least margin − 1 from every edge: as many at a time as the path says, the rest one by one.
    /// </summary>
    // Optimised at once: a marker is often the first thing a fresh process compiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void WriteScores(
        ReadOnlySpan<byte> pixels, Span<byte> scores, int width, int height, int threshold, int margin, VectorPath path)
    {
        Span<int> offsets = stackalloc int[16];
        for (int i = 0; i < 16; i++)
            offsets[i] = Circle[i].Y * width + Circle[i].X;

        for (int y = margin - 1; y <= height - margin; y++)
        {
            int at = y * width + margin - 1, end = y * width + width - margin;
            if (path == VectorPath.ThirtyTwo)
                at = WriteThirtyTwo(pixels, scores, at, end, threshold, offsets);
            if (path != VectorPath.Scalar)
                at = WriteSixteen(pixels, scores, at, end, threshold, offsets);
            for (; at <= end; at++)
            {
                int score = Score(pixels, at, offsets);
                if (score >= threshold)
                    scores[at] = (byte)score;
            }
        }
    }

    /// <summary>From pixel <paramref name="at"/> to at most <paramref name="end"/>; where it stopped.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WriteSixteen(ReadOnlySpan<byte> pixels, Span<byte> scores, int at, int end, int threshold, ReadOnlySpan<int> offsets)
    {
        var least = Vector128.Create((byte)threshold);
        Span<Vector128<byte>> brighter = stackalloc Vector128<byte>[16], darker = stackalloc Vector128<byte>[16];
        for (; at + 15 <= end; at += 16)
        {
            var centre = Load16(pixels, at);
            // Nine in a row always hold one of the two ends of each diameter.
            Vector128<byte> up = Load16(pixels, at + offsets[0]), down = Load16(pixels, at + offsets[8]);
            Vector128<byte> right = Load16(pixels, at + offsets[4]), left = Load16(pixels, at + offsets[12]);
            var bright = Less(Vector128.Min(Vector128.Max(up, down), Vector128.Max(right, left)), centre);
            var dark = Less(centre, Vector128.Max(Vector128.Min(up, down), Vector128.Min(right, left)));
            if (!Vector128.GreaterThanOrEqualAny(Vector128.Max(bright, dark), least))
                continue;
            for (int i = 0; i < 16; i++)
            {
                var neighbour = Load16(pixels, at + offsets[i]);
                brighter[i] = Less(neighbour, centre);
                darker[i] = Less(centre, neighbour);
            }
            var score = Vector128.Max(BestArc(brighter), BestArc(darker));
            (score & Vector128.GreaterThanOrEqual(score, least)).CopyTo(scores[at..]);
        }
        return at;
    }

    /// <inheritdoc cref="WriteSixteen"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int WriteThirtyTwo(ReadOnlySpan<byte> pixels, Span<byte> scores, int at, int end, int threshold, ReadOnlySpan<int> offsets)
    {
        var least = Vector256.Create((byte)threshold);
        Span<Vector256<byte>> brighter = stackalloc Vector256<byte>[16], darker = stackalloc Vector256<byte>[16];
        for (; at + 31 <= end; at += 32)
        {
            var centre = Load32(pixels, at);
            Vector256<byte> up = Load32(pixels, at + offsets[0]), down = Load32(pixels, at + offsets[8]);
            Vector256<byte> right = Load32(pixels, at + offsets[4]), left = Load32(pixels, at + offsets[12]);
            var bright = Less(Vector256.Min(Vector256.Max(up, down), Vector256.Max(right, left)), centre);
            var dark = Less(centre, Vector256.Max(Vector256.Min(up, down), Vector256.Min(right, left)));
            if (!Vector256.GreaterThanOrEqualAny(Vector256.Max(bright, dark), least))
                continue;
            for (int i = 0; i < 16; i++)
            {
                var neighbour = Load32(pixels, at + offsets[i]);
                brighter[i] = Less(neighbour, centre);
                darker[i] = Less(centre, neighbour);
            }
            var score = Vector256.Max(BestArc(brighter), BestArc(darker));
            (score & Vector256.GreaterThanOrEqual(score, least)).CopyTo(scores[at..]);
        }
        return at;
    }

    /// <summary>Largest, over the sixteen arcs of nine, of the arc's smallest entry.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector128<byte> BestArc(ReadOnlySpan<Vector128<byte>> d)
    {
        var best = Vector128<byte>.Zero;
        for (int start = 1; start < 16; start += 2)
        {
            // Arcs start − 1 … start + 7 and start … start + 8 share eight; the better one adds the larger of its ends.
            var shared = d[start];
            for (int i = 1; i < 8; i++)
                shared = Vector128.Min(shared, d[(start + i) & 15]);
            best = Vector128.Max(best, Vector128.Min(shared, Vector128.Max(d[start - 1], d[(start + 8) & 15])));
        }
        return best;
    }

    /// <inheritdoc cref="BestArc(ReadOnlySpan{Vector128{byte}})"/>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static Vector256<byte> BestArc(ReadOnlySpan<Vector256<byte>> d)
    {
        var best = Vector256<byte>.Zero;
        for (int start = 1; start < 16; start += 2)
        {
            var shared = d[start];
            for (int i = 1; i < 8; i++)
                shared = Vector256.Min(shared, d[(start + i) & 15]);
            best = Vector256.Max(best, Vector256.Min(shared, Vector256.Max(d[start - 1], d[(start + 8) & 15])));
        }
        return best;
    }

    private static Vector128<byte> Load16(ReadOnlySpan<byte> pixels, int at) => Vector128.Create(pixels.Slice(at, 16));

    private static Vector256<byte> Load32(ReadOnlySpan<byte> pixels, int at) => Vector256.Create(pixels.Slice(at, 32));

    /// <summary>a − b, 0 where b is larger.</summary>
    private static Vector128<byte> Less(Vector128<byte> a, Vector128<byte> b) => Vector128.Max(a, b) - b;

    private static Vector256<byte> Less(Vector256<byte> a, Vector256<byte> b) => Vector256.Max(a, b) - b;

    private static int Score(ReadOnlySpan<byte> pixels, int at, ReadOnlySpan<int> offsets)
    {
        int best = 0;
        for (int start = 0; start < 16; start++)
        {
            int low = int.MaxValue, high = int.MinValue;
            for (int i = start; i < start + 9; i++)
            {
                int difference = pixels[at + offsets[i & 15]] - pixels[at];
                low = Math.Min(low, difference);
                high = Math.Max(high, difference);
            }
            best = Math.Max(best, Math.Max(low, -high));
        }
        return best;
    }
}
