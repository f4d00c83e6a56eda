using System.Buffers.Binary;
using System.IO.Compression;

namespace CrashBenchmark;

/// <summary>Pictures with enough corners for a marker, no two alike.</summary>
public static class Picture
{
    private const int WidthPx = 320;
    private const int HeightPx = 240;
    private const int BlockPx = 8;

    /// <summary>A PNG of grey blocks.</summary>
    public static byte[] Random(Random random)
    {
        using var rows = new MemoryStream();
        using (var zlib = new ZLibStream(rows, CompressionLevel.Fastest, leaveOpen: true))
        {
            var row = new byte[1 + WidthPx];
            for (var y = 0; y < HeightPx; y++)
            {
                for (var x = 0; y % BlockPx == 0 && x < WidthPx; x++)
                {
                    row[1 + x] = x % BlockPx == 0 ? (byte)random.Next(256) : row[x];
                }

                zlib.Write(row);
            }
        }

        var header = new byte[13];
        BinaryPrimitives.WriteInt32BigEndian(header, WidthPx);
        BinaryPrimitives.WriteInt32BigEndian(header.AsSpan(4), HeightPx);
        header[8] = 8; // bits of grey
        using var png = new MemoryStream();
        png.Write([0x89, (byte)'P', (byte)'N', (byte)'G', 13, 10, 26, 10]);
        WriteChunk(png, "IHDR"u8, header);
        WriteChunk(png, "IDAT"u8, rows.ToArray());
        WriteChunk(png, "IEND"u8, []);
        return png.ToArray();
    }

    private static void WriteChunk(MemoryStream png, ReadOnlySpan<byte> type, byte[] content)
    {
        byte[] chunk = [.. type, .. content];
        var number = new byte[4];
        BinaryPrimitives.WriteInt32BigEndian(number, content.Length);
        png.Write(number);
        png.Write(chunk);
        BinaryPrimitives.WriteUInt32BigEndian(number, Crc32(chunk));
        png.Write(number);
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
