namespace App.Tests.Images;

/// <summary>Changes picture files byte by byte, where no tool would.</summary>
internal static class ImageFiles
{
    /// <summary>The JPEG with an EXIF block that holds an orientation and a GPS latitude reference.</summary>
    public static byte[] WithExif(ReadOnlySpan<byte> jpeg, int orientation)
    {
        byte[] tiff =
        [
            (byte)'M', (byte)'M', 0, 42, 0, 0, 0, 8,
            0, 2,
            0x01, 0x12, 0, 3, 0, 0, 0, 1, 0, (byte)orientation, 0, 0,       // orientation, SHORT
            0x88, 0x25, 0, 4, 0, 0, 0, 1, 0, 0, 0, 38,                      // offset of the GPS directory
            0, 0, 0, 0,
            0, 1,
            0, 1, 0, 2, 0, 0, 0, 2, (byte)'N', 0, 0, 0,                     // latitude reference, ASCII
            0, 0, 0, 0,
        ];
        byte[] segment = [0xFF, 0xE1, 0, (byte)(tiff.Length + 8), .. "Exif\0\0"u8, .. tiff];
        return [.. jpeg[..2], .. segment, .. jpeg[2..]];
    }
}
