using System.Buffers.Binary;

namespace Portico.Vision;

/// <summary>An image the keypoints were found in: the picture at some size, perhaps tilted.</summary>
/// <param name="WidthPx">Width of the picture at that size, untilted.</param>
/// <param name="HeightPx">Height, likewise.</param>
/// <param name="KeypointCount">Its keypoints.</param>
/// <param name="Squeeze">What the tilt leaves of lengths in its direction, in 1/256; 0 for an untilted view.</param>
/// <param name="Direction">Direction of the squeeze in 64ths of a turn from +x, y down.</param>
internal readonly record struct MarkerView(int WidthPx, int HeightPx, int KeypointCount, int Squeeze = 0, int Direction = 0);

/// <summary>A keypoint of the picture.</summary>
/// <param name="U">Across the picture, in 1/65536 of its width.</param>
/// <param name="V">Down the picture, in 1/65536 of its height.</param>
/// <param name="Orientation">0 to 63.</param>
/// <param name="Score">FAST score in its view.</param>
internal readonly record struct MarkerKeypoint(ushort U, ushort V, byte Orientation, byte Score);

/// <summary>A marker file, version 1, as values. docs/marker-format.md describes every byte.</summary>
internal sealed record MarkerFile(
    int SourceWidthPx,
    int SourceHeightPx,
    int QualityScore,
    IReadOnlyList<MarkerView> Views,
    IReadOnlyList<MarkerKeypoint> Keypoints,
    byte[] Descriptors,
    int TemplateWidthPx,
    int TemplateHeightPx,
    int TemplateNear,
    byte[] TemplateCode)
{
    public const int Version = 1;
    public const int PatternId = 1;
    public const int HeaderBytes = 32;
    public const int ViewBytes = 8;
    public const int KeypointBytes = 6;
    public const int LargestFileBytes = 25_000;
    private const uint Magic = 0x4B524D50; // "PMRK"

    public byte[] ToBytes()
    {
        int keypointsAt = HeaderBytes + ViewBytes * Views.Count;
        int descriptorsAt = keypointsAt + KeypointBytes * Keypoints.Count;
        int templateAt = descriptorsAt + Descriptors.Length;
        var file = new byte[templateAt + TemplateCode.Length];

        var header = file.AsSpan(0, HeaderBytes);
        BinaryPrimitives.WriteUInt32LittleEndian(header, Magic);
        BinaryPrimitives.WriteUInt16LittleEndian(header[4..], Version);
        header[6] = (byte)Views.Count;
        header[7] = PatternId;
        BinaryPrimitives.WriteUInt16LittleEndian(header[8..], (ushort)SourceWidthPx);
        BinaryPrimitives.WriteUInt16LittleEndian(header[10..], (ushort)SourceHeightPx);
        BinaryPrimitives.WriteUInt16LittleEndian(header[12..], (ushort)TemplateWidthPx);
        BinaryPrimitives.WriteUInt16LittleEndian(header[14..], (ushort)TemplateHeightPx);
        BinaryPrimitives.WriteUInt16LittleEndian(header[16..], (ushort)Keypoints.Count);
        header[18] = (byte)QualityScore;
        header[19] = (byte)TemplateNear;
        BinaryPrimitives.WriteUInt32LittleEndian(header[20..], (uint)TemplateCode.Length);

        for (int i = 0; i < Views.Count; i++)
        {
            var view = file.AsSpan(HeaderBytes + ViewBytes * i, ViewBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(view, (ushort)Views[i].WidthPx);
            BinaryPrimitives.WriteUInt16LittleEndian(view[2..], (ushort)Views[i].HeightPx);
            BinaryPrimitives.WriteUInt16LittleEndian(view[4..], (ushort)Views[i].KeypointCount);
            view[6] = (byte)Views[i].Squeeze;
            view[7] = (byte)Views[i].Direction;
        }
        for (int i = 0; i < Keypoints.Count; i++)
        {
            var keypoint = file.AsSpan(keypointsAt + KeypointBytes * i, KeypointBytes);
            BinaryPrimitives.WriteUInt16LittleEndian(keypoint, Keypoints[i].U);
            BinaryPrimitives.WriteUInt16LittleEndian(keypoint[2..], Keypoints[i].V);
            keypoint[4] = Keypoints[i].Orientation;
            keypoint[5] = Keypoints[i].Score;
        }
        Descriptors.CopyTo(file, descriptorsAt);
        TemplateCode.CopyTo(file, templateAt);
        BinaryPrimitives.WriteUInt32LittleEndian(header[28..], Crc32(file.AsSpan(HeaderBytes)));
        return file;
    }

    /// <exception cref="InvalidDataException">The bytes aren't a marker file of version 1, or are damaged.</exception>
    public static MarkerFile Parse(ReadOnlySpan<byte> file)
    {
        if (file.Length < HeaderBytes || BinaryPrimitives.ReadUInt32LittleEndian(file) != Magic)
            throw new InvalidDataException("Not a marker file.");
        if (BinaryPrimitives.ReadUInt16LittleEndian(file[4..]) != Version || file[7] != PatternId)
            throw new InvalidDataException("A marker file of another version.");
        int viewCount = file[6], keypointCount = BinaryPrimitives.ReadUInt16LittleEndian(file[16..]);
        int keypointsAt = HeaderBytes + ViewBytes * viewCount;
        int descriptorsAt = keypointsAt + KeypointBytes * keypointCount;
        int templateAt = descriptorsAt + SteeredBrief.Bytes * keypointCount;
        if (file.Length != templateAt + (long)BinaryPrimitives.ReadUInt32LittleEndian(file[20..]))
            throw new InvalidDataException("The marker file's length doesn't fit its header.");
        if (Crc32(file[HeaderBytes..]) != BinaryPrimitives.ReadUInt32LittleEndian(file[28..]))
            throw new InvalidDataException("The marker file is damaged.");

        var views = new MarkerView[viewCount];
        for (int i = 0; i < viewCount; i++)
        {
            var view = file.Slice(HeaderBytes + ViewBytes * i, ViewBytes);
            views[i] = new MarkerView(
                BinaryPrimitives.ReadUInt16LittleEndian(view),
                BinaryPrimitives.ReadUInt16LittleEndian(view[2..]),
                BinaryPrimitives.ReadUInt16LittleEndian(view[4..]),
                view[6],
                view[7]);
        }
        var keypoints = new MarkerKeypoint[keypointCount];
        for (int i = 0; i < keypointCount; i++)
        {
            var keypoint = file.Slice(keypointsAt + KeypointBytes * i, KeypointBytes);
            keypoints[i] = new MarkerKeypoint(
                BinaryPrimitives.ReadUInt16LittleEndian(keypoint),
                BinaryPrimitives.ReadUInt16LittleEndian(keypoint[2..]),
                keypoint[4],
                keypoint[5]);
        }
        return new MarkerFile(
            BinaryPrimitives.ReadUInt16LittleEndian(file[8..]),
            BinaryPrimitives.ReadUInt16LittleEndian(file[10..]),
            file[18],
            views,
            keypoints,
            file[descriptorsAt..templateAt].ToArray(),
            BinaryPrimitives.ReadUInt16LittleEndian(file[12..]),
            BinaryPrimitives.ReadUInt16LittleEndian(file[14..]),
            file[19],
            file[templateAt..].ToArray());
    }

    /// <summary>CRC-32 as in ISO 3309 and PNG.</summary>
    private static uint Crc32(ReadOnlySpan<byte> bytes)
    {
        uint crc = uint.MaxValue;
        foreach (byte b in bytes)
        {
            crc ^= b;
            for (int bit = 0; bit < 8; bit++)
                crc = (crc >> 1) ^ (0xEDB88320 & (uint)-(int)(crc & 1));
        }
        return ~crc;
    }
}
