using System.Runtime.CompilerServices;

namespace Portico.Vision;

/// <summary>
/// Scales an image down; each new pixel is the mean of the area it covers, edge pixels weighted by their share.
/// Exact integers: a new pixel column covers <c>source width</c> units, of which a whole source column takes
/// <c>new width</c>, so that weights have no remainder and the only rounding is the last division.
/// </summary>
internal static class AreaResample
{
    /// <param name="source">Any image.</param>
    /// <param name="width">1 to the source's width.</param>
    /// <param name="height">1 to the source's height.</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static GrayImage Scale(GrayImageView source, int width, int height)
    {
        if (width < 1 || width > source.Width || height < 1 || height > source.Height)
            throw new ArgumentException($"{source.Width}×{source.Height} can't be scaled down to {width}×{height}.");

        var result = new GrayImage(width, height);
        var row = new long[width];
        var sum = new long[width];
        long area = (long)source.Width * source.Height;

        int y = 0;
        long rowEnd = source.Height;
        for (int sy = 0; sy < source.Height; sy++)
        {
            AddUpColumns(source.Row(sy), row);
            long top = (long)sy * height, bottom = top + height;
            long inThis = Math.Min(bottom, rowEnd) - top;
            for (int x = 0; x < width; x++)
                sum[x] += row[x] * inThis;
            if (bottom < rowEnd)
                continue;

            var target = result.Row(y);
            long inNext = bottom - rowEnd;
            for (int x = 0; x < width; x++)
            {
                target[x] = (byte)((sum[x] + area / 2) / area);
                sum[x] = row[x] * inNext;
            }
            y++;
            rowEnd += source.Height;
        }
        return result;
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static void AddUpColumns(ReadOnlySpan<byte> pixels, Span<long> columns)
    {
        int width = columns.Length;
        int x = 0;
        long end = pixels.Length, sum = 0;
        for (int sx = 0; sx < pixels.Length; sx++)
        {
            long left = (long)sx * width, right = left + width;
            if (right < end)
            {
                sum += (long)pixels[sx] * width;
                continue;
            }
            columns[x++] = sum + pixels[sx] * (end - left);
            sum = pixels[sx] * (right - end);
            end += pixels.Length;
        }
    }
}
