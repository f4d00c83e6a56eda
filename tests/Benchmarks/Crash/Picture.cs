using App.Tests.Images;

namespace CrashBenchmark;

/// <summary>Pictures with enough corners for a marker, no two alike.</summary>
public static class Picture
{
    private const int BlockPx = 8;

    /// <summary>A PNG of grey blocks.</summary>
    public static byte[] Random(Random random) => GreyPng.Draw(widthPx: 320, heightPx: 240, bitsPerPixel: 8, (y, row) =>
    {
        for (var x = 0; y % BlockPx == 0 && x < row.Length; x++)
        {
            row[x] = x % BlockPx == 0 ? (byte)random.Next(256) : row[x - 1];
        }
    });
}
