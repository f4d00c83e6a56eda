namespace Portico.Assets;

/// <summary>What an upload may be. One place, because the portal, the ingest and the tools must agree.</summary>
public static class MediaLimits
{
    /// <summary>64 MiB: twice what a 50-megapixel phone writes as JPEG; a larger file is a scan or a mistake.</summary>
    public const long MaxImageBytes = 64L << 20;

    /// <summary>
    /// 50 megapixels, read from the header before a pixel is decoded. Every current phone's full resolution passes;
    /// a decoded picture stays near 200 MB, so the memory cap of the tool can be tight.
    /// </summary>
    public const int MaxImagePixels = 50_000_000;

    /// <summary>2 GiB: ten minutes of 4K from a phone (about 1.7 GB in H.265 at 30 fps).</summary>
    public const long MaxVideoBytes = 2L << 30;

    /// <summary>Ten minutes: nobody holds a phone up longer, and transcoding takes about as long as the clip on two cores.</summary>
    public const double MaxVideoSeconds = 600;

    /// <summary>8K UHD (7680×4320), the largest frame cameras record; decoders reserve memory by this product.</summary>
    public const int MaxVideoPixels = 33_177_600;

    /// <summary>16 pixels: below one macroblock there is nothing to encode.</summary>
    public const int MinVideoSidePx = 16;

    /// <summary>Of the file kind, in bytes.</summary>
    public static long MaxBytes(AssetKind kind) => kind switch
    {
        AssetKind.Image => MaxImageBytes,
        AssetKind.Video => MaxVideoBytes,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "No size limit is set for this kind."),
    };
}
