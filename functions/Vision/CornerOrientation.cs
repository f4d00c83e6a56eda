using System.Runtime.CompilerServices;

namespace Portico.Vision;

/// <summary>
/// Direction from a corner to the centroid of brightness in a disc of radius 12 around it (Rosin 1999, as in Rublee
/// et al., "ORB", ICCV 2011), in 64 steps a turn, clockwise from +x since y points down. Integers throughout: the
/// step with the largest projection wins, the lowest among equals.
/// </summary>
internal static class CornerOrientation
{
    public const int RadiusPx = 12;
    public const int Steps = 64;

    /// <summary>cos(2π·i/64)·2¹⁴, rounded, for i from 0 to 63; the sine is the entry 48 further on.</summary>
    public static readonly int[] Cosine = CosineTable();

    public static int Sine(int step) => Cosine[(step + 48) & 63];

    /// <param name="smooth">The image, smoothed once; the disc lies inside.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static byte Of(GrayImage smooth, int x, int y)
    {
        int m10 = 0, m01 = 0;
        for (int dy = -RadiusPx; dy <= RadiusPx; dy++)
        {
            int half = HalfWidth[Math.Abs(dy)];
            var row = smooth.Row(y + dy).Slice(x - half, 2 * half + 1);
            int sum = 0;
            for (int i = 0; i < row.Length; i++)
            {
                sum += row[i];
                m10 += (i - half) * row[i];
            }
            m01 += dy * sum;
        }

        int best = 0;
        long highest = long.MinValue;
        for (int step = 0; step < Steps; step++)
        {
            long projection = (long)m10 * Cosine[step] + (long)m01 * Sine(step);
            if (projection > highest)
                (highest, best) = (projection, step);
        }
        return (byte)best;
    }

    /// <summary>Half width of the disc's row dy: the largest x with x² + dy² ≤ 12² + 12 (the slack rounds the disc).</summary>
    private static readonly int[] HalfWidth = HalfWidths();

    private static int[] HalfWidths()
    {
        var halves = new int[RadiusPx + 1];
        for (int dy = 0; dy <= RadiusPx; dy++)
        {
            while ((halves[dy] + 1) * (halves[dy] + 1) + dy * dy <= RadiusPx * RadiusPx + RadiusPx)
                halves[dy]++;
        }
        return halves;
    }

    /// <summary>One quarter, given as integers so that no library's cosine decides a bit; the rest by symmetry.</summary>
    private static int[] CosineTable()
    {
        ReadOnlySpan<int> quarter =
        [
            16384, 16305, 16069, 15679, 15137, 14449, 13623, 12665, 11585, 10394, 9102, 7723, 6270, 4756, 3196, 1606, 0,
        ];
        var table = new int[Steps];
        for (int i = 0; i < Steps; i++)
            table[i] = i <= 16 ? quarter[i] : i <= 32 ? -quarter[32 - i] : i <= 48 ? -quarter[i - 32] : quarter[64 - i];
        return table;
    }
}
