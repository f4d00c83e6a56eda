using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;

namespace Portico.Vision;

/// <summary>
/// Separable binomial smoothing with [1 4 6 4 1]/16 (σ = 1 px), edge pixels repeated outwards, rounded once:
/// (Σ + 128) / 256. The tracker computes the same bits (assembly/smooth.ts).
/// </summary>
internal static class BinomialSmooth
{
    // Optimised at once: a marker is often the first thing a fresh process compiles.
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GrayImage Apply(GrayImage image)
    {
        int width = image.Width, height = image.Height;
        var result = new GrayImage(width, height);
        Span<ushort> columns = new ushort[width + 4];
        for (int y = 0; y < height; y++)
        {
            ReadOnlySpan<byte> a = image.Row(Math.Max(y - 2, 0)), b = image.Row(Math.Max(y - 1, 0)), c = image.Row(y);
            ReadOnlySpan<byte> d = image.Row(Math.Min(y + 1, height - 1)), e = image.Row(Math.Min(y + 2, height - 1));
            int x = 0;
            for (; x + 16 <= width; x += 16)
            {
                var (a0, a1) = Widen(a, x);
                var (b0, b1) = Widen(b, x);
                var (c0, c1) = Widen(c, x);
                var (d0, d1) = Widen(d, x);
                var (e0, e1) = Widen(e, x);
                Weigh(a0, b0, c0, d0, e0).CopyTo(columns[(x + 2)..]);
                Weigh(a1, b1, c1, d1, e1).CopyTo(columns[(x + 10)..]);
            }
            for (; x < width; x++)
                columns[x + 2] = (ushort)(a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x]);
            columns[0] = columns[1] = columns[2];
            columns[width + 3] = columns[width + 2] = columns[width + 1];

            var target = result.Row(y);
            x = 0;
            for (; x + 16 <= width; x += 16)
                Vector128.Narrow(WeighAround(columns, x), WeighAround(columns, x + 8)).CopyTo(target[x..]);
            for (; x < width; x++)
                target[x] = (byte)((columns[x] + columns[x + 4] + 4 * (columns[x + 1] + columns[x + 3]) + 6 * columns[x + 2] + 128) >> 8);
        }
        return result;
    }

    private static (Vector128<ushort> Low, Vector128<ushort> High) Widen(ReadOnlySpan<byte> row, int x) =>
        Vector128.Widen(Vector128.Create(row.Slice(x, 16)));

    /// <summary>Eight sums across, rounded: at most 255 · 256 + 128, which sixteen bits hold.</summary>
    private static Vector128<ushort> WeighAround(ReadOnlySpan<ushort> columns, int x) =>
        (Weigh(Load(columns, x), Load(columns, x + 1), Load(columns, x + 2), Load(columns, x + 3), Load(columns, x + 4))
            + Vector128.Create((ushort)128)) >>> 8;

    private static Vector128<ushort> Load(ReadOnlySpan<ushort> columns, int x) => Vector128.Create(columns.Slice(x, 8));

    private static Vector128<ushort> Weigh(
        Vector128<ushort> a, Vector128<ushort> b, Vector128<ushort> c, Vector128<ushort> d, Vector128<ushort> e) =>
        a + e + ((b + d) << 2) + (c << 2) + (c << 1);
}
