using Portico.Vision;

namespace Vision.Tests;

/// <summary>Plain, slow kernels that follow the definitions.</summary>
internal static class KernelReferences
{
    private static readonly (int X, int Y)[] Circle =
    [
        (0, -3), (1, -3), (2, -2), (3, -1), (3, 0), (3, 1), (2, 2), (1, 3), (0, 3), (-1, 3), (-2, 2), (-3, 1), (-3, 0), (-3, -1), (-2, -2), (-1, -3),
    ];

    /// <summary>The weighted mean of five by five, edges repeated.</summary>
    public static GrayImage Smooth(GrayImage image)
    {
        int[] weights = [1, 4, 6, 4, 1];
        var smooth = new GrayImage(image.Width, image.Height);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
            {
                int sum = 128;
                for (int dy = -2; dy <= 2; dy++)
                {
                    for (int dx = -2; dx <= 2; dx++)
                        sum += weights[dx + 2] * weights[dy + 2] * image[Math.Clamp(x + dx, 0, image.Width - 1), Math.Clamp(y + dy, 0, image.Height - 1)];
                }
                smooth.Pixels[y * image.Width + x] = (byte)(sum >> 8);
            }
        }
        return smooth;
    }

    /// <summary>The pixels that meet the definition of a corner and beat their neighbours.</summary>
    public static List<Corner> Corners(GrayImage image, int threshold, int margin)
    {
        var scores = new int[image.Width, image.Height];
        for (int y = margin - 1; y <= image.Height - margin; y++)
        {
            for (int x = margin - 1; x <= image.Width - margin; x++)
                scores[x, y] = Score(image, x, y, threshold);
        }
        var corners = new List<Corner>();
        for (int y = margin; y < image.Height - margin; y++)
        {
            for (int x = margin; x < image.Width - margin; x++)
            {
                if (scores[x, y] > 0 && IsPeak(scores, x, y))
                    corners.Add(new Corner(x, y, (byte)scores[x, y]));
            }
        }
        return corners;
    }

    private static bool IsPeak(int[,] scores, int x, int y)
    {
        for (int dy = -1; dy <= 1; dy++)
        {
            for (int dx = -1; dx <= 1; dx++)
            {
                int other = dx == 0 && dy == 0 ? -1 : scores[x + dx, y + dy];
                bool earlier = dy < 0 || (dy == 0 && dx < 0);
                if (other > scores[x, y] || (earlier && other == scores[x, y]))
                    return false;
            }
        }
        return true;
    }

    /// <summary>The largest value by which nine in a row differ, tried downwards; 0 below the threshold.</summary>
    private static int Score(GrayImage image, int x, int y, int threshold)
    {
        int[] differences = [.. Circle.Select(c => image[x + c.X, y + c.Y] - image[x, y])];
        for (int score = 255; score >= threshold; score--)
        {
            for (int start = 0; start < 16; start++)
            {
                if (NineInARow(differences, start, d => d >= score) || NineInARow(differences, start, d => d <= -score))
                    return score;
            }
        }
        return 0;
    }

    private static bool NineInARow(int[] differences, int start, Predicate<int> holds)
    {
        for (int i = start; i < start + 9; i++)
        {
            if (!holds(differences[i % 16]))
                return false;
        }
        return true;
    }
}
