using System.Buffers.Binary;
using System.IO.Compression;

namespace App.Tests.Images;

/// <summary>Makes picture files byte by byte, where no tool would.</summary>
internal static class ImageFiles
{
    /// <summary>A sound 1-bit grey PNG of <paramref name="sidePx"/> squared, all black: a few kilobytes that announce gigapixels.</summary>
    public static byte[] BlackPng(int sidePx)
    {
        using var file = new MemoryStream();
        file.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A]);
        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, sidePx);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), sidePx);
        header[8] = 1;
        WriteChunk(file, "IHDR", header);
        using var packed = new MemoryStream();
        using (var zlib = new ZLibStream(packed, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + ((sidePx + 7) / 8)];
            for (var y = 0; y < sidePx; y++)
            {
                zlib.Write(row);
            }
        }

        WriteChunk(file, "IDAT", packed.ToArray());
        WriteChunk(file, "IEND", []);
        return file.ToArray();
    }

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

    private static void WriteChunk(Stream file, string type, ReadOnlySpan<byte> data)
    {
        byte[] body = [.. System.Text.Encoding.ASCII.GetBytes(type), .. data];
        Span<byte> word = stackalloc byte[4];
        BinaryPrimitives.WriteInt32BigEndian(word, data.Length);
        file.Write(word);
        file.Write(body);
        BinaryPrimitives.WriteUInt32BigEndian(word, Crc32(body));
        file.Write(word);
    }

    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var b in bytes)
        {
            crc ^= b;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
            }
        }

        return ~crc;
    }
}
