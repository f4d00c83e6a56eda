using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Portico.Vision;

/// <summary>
/// Separable binomial smoothing with [1 4 6 4 1]/16 (σ = 1 px), edge pixels repeated outwards, rounded once:
/// (Σ + 128) / 256. The tracker computes the same bits (assembly/smooth.ts), and so does every path.
/// </summary>
internal static class BinomialSmooth
{
    public static GrayImage Apply(GrayImage image) => Apply(image, VectorPaths.Widest);

    // Optimised at once: a marker is often the first thing a fresh process compiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GrayImage Apply(GrayImage image, VectorPath path)
    {
        int width = image.Width, height = image.Height;
        var result = new GrayImage(width, height);
        Span<ushort> columns = new ushort[width + 4];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> a = image.Row(Math.Max(y - 2, 0)), b = image.Row(Math.Max(y - 1, 0)), c = image.Row(y);
            ReadOnlySpan<byte> d = image.Row(Math.Min(y + 1, height - 1)), e = image.Row(Math.Min(y + 2, height - 1));
            int x = path == VectorPath.ThirtyTwo ? SumThirtyTwoDown(a, b, c, d, e, columns) : 0;
            if (path != VectorPath.Scalar)
                x = SumSixteenDown(a, b, c, d, e, columns, x);
            for (; x < width; x++)
                columns[x + 2] = (ushort)(a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x]);
            columns[0] = columns[1] = columns[2];
            columns[width + 3] = columns[width + 2] = columns[width + 1];

            var target = result.Row(y);
            x = path == VectorPath.ThirtyTwo ? SumThirtyTwoAcross(columns, target) : 0;
            if (path != VectorPath.Scalar)
                x = SumSixteenAcross(columns, target, x);
            for (; x < width; x++)
                target[x] = (byte)((columns[x] + columns[x + 4] + 4 * (columns[x + 1] + columns[x + 3]) + 6 * columns[x + 2] + 128) >> 8);
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumSixteenDown(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, ReadOnlySpan<byte> e, Span<ushort> columns, int x)
    {
        for (; x + 16 <= a.Length; x += 16)
        {
            var (a0, a1) = Widen16(a, x);
            var (b0, b1) = Widen16(b, x);
            var (c0, c1) = Widen16(c, x);
            var (d0, d1) = Widen16(d, x);
            var (e0, e1) = Widen16(e, x);
            Weigh(a0, b0, c0, d0, e0).CopyTo(columns[(x + 2)..]);
            Weigh(a1, b1, c1, d1, e1).CopyTo(columns[(x + 10)..]);
        }
        return x;
    }

    /// <summary>At most 255 · 256 + 128, which sixteen bits hold.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumSixteenAcross(ReadOnlySpan<ushort> columns, Span<byte> target, int x)
    {
        for (; x + 16 <= target.Length; x += 16)
            Vector128.Narrow(Around(columns, x), Around(columns, x + 8)).CopyTo(target[x..]);
        return x;

        static Vector128<ushort> Around(ReadOnlySpan<ushort> columns, int x) =>
            (Weigh(Load(columns, x), Load(columns, x + 1), Load(columns, x + 2), Load(columns, x + 3), Load(columns, x + 4))
                + Vector128.Create((ushort)128)) >>> 8;

        static Vector128<ushort> Load(ReadOnlySpan<ushort> columns, int x) => Vector128.Create(columns.Slice(x, 8));
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumThirtyTwoDown(
        ReadOnlySpan<byte> a, ReadOnlySpan<byte> b, ReadOnlySpan<byte> c, ReadOnlySpan<byte> d, ReadOnlySpan<byte> e, Span<ushort> columns)
    {
        int x = 0;
        for (; x + 32 <= a.Length; x += 32)
        {
            var (a0, a1) = Widen32(a, x);
            var (b0, b1) = Widen32(b, x);
            var (c0, c1) = Widen32(c, x);
            var (d0, d1) = Widen32(d, x);
            var (e0, e1) = Widen32(e, x);
            Weigh(a0, b0, c0, d0, e0).CopyTo(columns[(x + 2)..]);
            Weigh(a1, b1, c1, d1, e1).CopyTo(columns[(x + 18)..]);
        }
        return x;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static int SumThirtyTwoAcross(ReadOnlySpan<ushort> columns, Span<byte> target)
    {
        int x = 0;
        for (; x + 32 <= target.Length; x += 32)
            Vector256.Narrow(Around(columns, x), Around(columns, x + 16)).CopyTo(target[x..]);
        return x;

        static Vector256<ushort> Around(ReadOnlySpan<ushort> columns, int x) =>
            (Weigh(Load(columns, x), Load(columns, x + 1), Load(columns, x + 2), Load(columns, x + 3), Load(columns, x + 4))
                + Vector256.Create((ushort)128)) >>> 8;

        static Vector256<ushort> Load(ReadOnlySpan<ushort> columns, int x) => Vector256.Create(columns.Slice(x, 16));
    }

    private static (Vector128<ushort> Low, Vector128<ushort> High) Widen16(ReadOnlySpan<byte> row, int x) =>
        Vector128.Widen(Vector128.Create(row.Slice(x, 16)));

    private static (Vector256<ushort> Low, Vector256<ushort> High) Widen32(ReadOnlySpan<byte> row, int x) =>
        Vector256.Widen(Vector256.Create(row.Slice(x, 32)));

    private static Vector128<ushort> Weigh(
        Vector128<ushort> a, Vector128<ushort> b, Vector128<ushort> c, Vector128<ushort> d, Vector128<ushort> e) =>
        a + e + ((b + d) << 2) + (c << 2) + (c << 1);

    private static Vector256<ushort> Weigh(
        Vector256<ushort> a, Vector256<ushort> b, Vector256<ushort> c, Vector256<ushort> d, Vector256<ushort> e) =>
        a + e + ((b + d) << 2) + (c << 2) + (c << 1);
}
