namespace Portico.Vision;

/// <summary>8-bit luma that owns its pixels; rows without padding.</summary>
internal sealed class GrayImage(int width, int height)
{
    public int Width { get; } = width;
    public int Height { get; } = height;
    public byte[] Pixels { get; } = new byte[width * height];

    public byte this[int x, int y] => Pixels[y * Width + x];

    public Span<byte> Row(int y) => Pixels.AsSpan(y * Width, Width);

    public GrayImageView View => new(Pixels, Width, Height);
}
