using Portico.Vision;

namespace Vision.Tests;

/// <summary>Pictures that need no files: every test draws its own from a seed.</summary>
internal static class TestImages
{
    public static GrayImage Flat(int width, int height, byte value = 128)
    {
        var image = new GrayImage(width, height);
        Array.Fill(image.Pixels, value);
        return image;
    }

    public static GrayImage Noise(int width, int height, int seed)
    {
        var image = new GrayImage(width, height);
        new Random(seed).NextBytes(image.Pixels);
        return image;
    }

    /// <summary>Overlapping rectangles of many sizes and greys: a busy poster.</summary>
    public static GrayImage Poster(int width, int height, int seed, int rectangles = 220)
    {
        var random = new Random(seed);
        var image = Flat(width, height, 200);
        for (int i = 0; i < rectangles; i++)
        {
            int w = random.Next(width / 60 + 2, width / 6 + 3), h = random.Next(height / 60 + 2, height / 6 + 3);
            int left = random.Next(-w / 2, width), top = random.Next(-h / 2, height);
            byte value = (byte)random.Next(256);
            for (int y = Math.Max(top, 0); y < Math.Min(top + h, height); y++)
                image.Row(y)[Math.Max(left, 0)..Math.Min(left + w, width)].Fill(value);
        }
        return image;
    }

    /// <summary>A quarter turn clockwise.</summary>
    public static GrayImage Turned(GrayImage image)
    {
        var turned = new GrayImage(image.Height, image.Width);
        for (int y = 0; y < image.Height; y++)
        {
            for (int x = 0; x < image.Width; x++)
                turned.Pixels[x * turned.Width + image.Height - 1 - y] = image[x, y];
        }
        return turned;
    }
}
