namespace Portico.Vision;

/// <summary>8-bit luma, rows from the top. A view: it owns nothing and copies nothing.</summary>
public readonly ref struct GrayImageView
{
    /// <param name="luma">At least <c>stride · (height − 1) + width</c> bytes.</param>
    /// <param name="width">Pixels a row, 1 to 65,535.</param>
    /// <param name="height">Rows, 1 to 65,535.</param>
    /// <param name="stride">Bytes from one row to the next, at least <paramref name="width"/>.</param>
    /// <exception cref="ArgumentException">The sizes don't fit each other.</exception>
    public GrayImageView(ReadOnlySpan<byte> luma, int width, int height, int stride)
    {
        if (width is < 1 or > ushort.MaxValue || height is < 1 or > ushort.MaxValue)
            throw new ArgumentException($"An image of {width}×{height} pixels is outside 1 to 65,535 a side.");
        if (stride < width)
            throw new ArgumentException($"A stride of {stride} bytes can't hold rows of {width} pixels.", nameof(stride));
        if (luma.Length < (long)stride * (height - 1) + width)
            throw new ArgumentException($"{luma.Length} bytes are too few for {width}×{height} pixels.", nameof(luma));
        Luma = luma;
        Width = width;
        Height = height;
        Stride = stride;
    }

    /// <summary>Rows without padding.</summary>
    public GrayImageView(ReadOnlySpan<byte> luma, int width, int height)
        : this(luma, width, height, width) { }

    public ReadOnlySpan<byte> Luma { get; }
    public int Width { get; }
    public int Height { get; }
    public int Stride { get; }

    /// <summary>The pixels of one row.</summary>
    public ReadOnlySpan<byte> Row(int y) => Luma.Slice(y * Stride, Width);
}
