namespace Portico.Vision;

/// <summary>
/// The 256 point pairs of pattern 1: isotropic, denser towards the centre (as BRIEF's G II), radius ≤ 12, the two
/// points of a pair at least 3 apart. Drawn once by the rule in docs/marker-format.md, so no table travels.
/// </summary>
internal static class BriefPattern
{
    /// <summary>x, y of the first point and x, y of the second, pair after pair.</summary>
    public static readonly sbyte[] Points = Draw();

    private static sbyte[] Draw()
    {
        uint state = 0x50524B31;
        // Sum of three uniform steps in −6..6: triangular-bell shaped, σ ≈ 6.5 before the radius cuts it.
        int Coordinate()
        {
            int sum = 0;
            for (int i = 0; i < 3; i++)
            {
                state = state * 1664525 + 1013904223;
                sum += (int)((state >> 16) % 13) - 6;
            }
            return sum;
        }

        var points = new sbyte[SteeredBrief.Bits * 4];
        for (int i = 0; i < SteeredBrief.Bits;)
        {
            int x1 = Coordinate(), y1 = Coordinate(), x2 = Coordinate(), y2 = Coordinate();
            if (x1 * x1 + y1 * y1 > 144 || x2 * x2 + y2 * y2 > 144)
                continue;
            if ((x1 - x2) * (x1 - x2) + (y1 - y2) * (y1 - y2) < 9)
                continue;
            points[4 * i] = (sbyte)x1;
            points[4 * i + 1] = (sbyte)y1;
            points[4 * i + 2] = (sbyte)x2;
            points[4 * i + 3] = (sbyte)y2;
            i++;
        }
        return points;
    }
}
