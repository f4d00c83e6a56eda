using System.Buffers.Binary;
using System.IO.Compression;

namespace App.Tests.Images;

/// <summary>Writes grey PNG files byte by byte: no tool is needed, and none minds how large they say they are.</summary>
public static class GreyPng
{
    /// <summary>A sound 1-bit PNG of <paramref name="sidePx"/> squared: a few kilobytes that announce gigapixels.</summary>
    public static byte[] Black(int sidePx) => Draw(sidePx, sidePx, bitsPerPixel: 1, (_, _) => { });

    /// <param name="bitsPerPixel">1, 2, 4 or 8.</param>
    /// <param name="drawRow">Told a row's number and its pixels, packed; they still hold the row before, at first zeros.</param>
    public static byte[] Draw(int widthPx, int heightPx, byte bitsPerPixel, Action<int, byte[]> drawRow)
    {
        using var data = new MemoryStream();
        using (var zlib = new ZLibStream(data, CompressionLevel.Fastest, leaveOpen: true))
        {
            var pixels = new byte[((widthPx * bitsPerPixel) + 7) / 8];
            for (var y = 0; y < heightPx; y++)
            {
                drawRow(y, pixels);
                zlib.WriteByte(0); // no filter
                zlib.Write(pixels);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, widthPx);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), heightPx);
        header[8] = bitsPerPixel;
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(file, "IHDR"u8, header);
        WriteChunk(file, "IDAT"u8, data.ToArray());
        WriteChunk(file, "IEND"u8, []);
        return file.ToArray();
    }

    private static void WriteChunk(MemoryStream file, ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] chunk = [.. type, .. content];
        Span<byte> number = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        file.Write(number);
        file.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(chunk));
        file.Write(number);
    }

    // CRC-32 of PNG (ISO 3309), bit by bit.
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var value in bytes)
        {
            crc ^= value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320u & (0u - (crc & 1)));
            }
        }

        return ~crc;
    }
}
