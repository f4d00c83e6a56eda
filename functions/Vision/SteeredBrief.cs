using System.Runtime.CompilerServices;

namespace Portico.Vision;

/// <summary>
/// 256 brightness comparisons around a corner, the pattern turned with the corner's orientation. Calonder et al.,
/// "BRIEF", ECCV 2010; steered as in Rublee et al., "ORB", ICCV 2011. Bit i stands in byte i / 8 at bit i mod 8 and
/// is set when the first point is darker than the second. The tracker computes the same bits
/// (assembly/descriptor.ts).
/// </summary>
internal static class SteeredBrief
{
    public const int Bytes = 32;
    public const int Bits = 256;

    /// <summary>Furthest a turned point lies from the corner, in pixels, along x or y.</summary>
    public const int ReachPx = 12;

    /// <summary>x, y of the first point, x, y of the second, for each bit, for each of the 64 orientations.</summary>
    private static readonly sbyte[] Turned = TurnedPattern();

    /// <param name="smoother">The image, smoothed twice; (x, y) at least <see cref="ReachPx"/> from every edge.</param>
    /// <param name="x">Corner.</param>
    /// <param name="y">Corner.</param>
    /// <param name="orientation">0 to 63.</param>
    /// <param name="descriptor">32 bytes.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Describe(GrayImage smoother, int x, int y, byte orientation, Span<byte> descriptor)
    {
        var pattern = Turned.AsSpan(orientation * Bits * 4, Bits * 4);
        var pixels = smoother.Pixels;
        int width = smoother.Width, centre = y * width + x;
        for (int i = 0; i < Bytes; i++)
        {
            int bits = 0;
            for (int bit = 0; bit < 8; bit++)
            {
                var p = pattern.Slice((i * 8 + bit) * 4, 4);
                if (pixels[centre + p[1] * width + p[0]] < pixels[centre + p[3] * width + p[2]])
                    bits |= 1 << bit;
            }
            descriptor[i] = (byte)bits;
        }
    }

    /// <summary>Bits in which two descriptors differ, 0 to 256.</summary>
    public static int Distance(ReadOnlySpan<byte> a, ReadOnlySpan<byte> b)
    {
        int distance = 0;
        for (int i = 0; i < Bytes; i += 8)
            distance += System.Numerics.BitOperations.PopCount(BitConverter.ToUInt64(a[i..]) ^ BitConverter.ToUInt64(b[i..]));
        return distance;
    }

    private static sbyte[] TurnedPattern()
    {
        var pattern = BriefPattern.Points;
        var turned = new sbyte[CornerOrientation.Steps * Bits * 4];
        for (int step = 0; step < CornerOrientation.Steps; step++)
        {
            int cos = CornerOrientation.Cosine[step], sin = CornerOrientation.Sine(step);
            for (int i = 0; i < Bits * 2; i++)
            {
                int x = pattern[2 * i], y = pattern[2 * i + 1], to = (step * Bits * 2 + i) * 2;
                turned[to] = (sbyte)((x * cos - y * sin + 8192) >> 14);
                turned[to + 1] = (sbyte)((x * sin + y * cos + 8192) >> 14);
            }
        }
        return turned;
    }
}
