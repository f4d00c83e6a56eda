namespace Portico.Vision;

/// <summary>
/// Separable binomial smoothing with [1 4 6 4 1]/16 (σ = 1 px), edge pixels repeated outwards, rounded once:
/// (Σ + 128) / 256. The tracker computes the same bits (assembly/smooth.ts).
/// </summary>
internal static class BinomialSmooth
{
    public static GrayImage Apply(GrayImage image)
    {
        int width = image.Width, height = image.Height;
        var result = new GrayImage(width, height);
        var columns = new int[width + 4];
        for (int y = 0; y < height; y++)
        {
            var a = image.Row(Math.Max(y - 2, 0));
            var b = image.Row(Math.Max(y - 1, 0));
            var c = image.Row(y);
            var d = image.Row(Math.Min(y + 1, height - 1));
            var e = image.Row(Math.Min(y + 2, height - 1));
            for (int x = 0; x < width; x++)
                columns[x + 2] = a[x] + e[x] + 4 * (b[x] + d[x]) + 6 * c[x];
            columns[0] = columns[1] = columns[2];
            columns[width + 3] = columns[width + 2] = columns[width + 1];

            var target = result.Row(y);
            for (int x = 0; x < width; x++)
                target[x] = (byte)((columns[x] + columns[x + 4] + 4 * (columns[x + 1] + columns[x + 3]) + 6 * columns[x + 2] + 128) >> 8);
        }
        return result;
    }
}
