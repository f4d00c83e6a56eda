using System.Buffers.Binary;
using System.Text;

namespace Portico.ImageWorker;

/// <summary>An accepted format: its name, and libvips' loader for it.</summary>
internal sealed record ImageFormat(string Name, string Loader, string LoaderClass)
{
    private static readonly ImageFormat Jpeg = new("jpeg", "jpegload", "VipsForeignLoadJpeg");
    private static readonly ImageFormat Png = new("png", "pngload", "VipsForeignLoadPng");
    private static readonly ImageFormat Webp = new("webp", "webpload", "VipsForeignLoadWebp");
    private static readonly ImageFormat Gif = new("gif", "gifload", "VipsForeignLoadNsgif");
    private static readonly ImageFormat Heic = new("heic", "heifload", "VipsForeignLoadHeif");
    private static readonly ImageFormat Avif = Heic with { Name = "avif" };

    public static IReadOnlyList<ImageFormat> All { get; } = [Jpeg, Png, Webp, Gif, Heic, Avif];

    /// <summary>By the file's first bytes; its name and declared type prove nothing. Null for anything else.</summary>
    public static ImageFormat? Recognise(string path)
    {
        Span<byte> head = stackalloc byte[64];
        using var file = File.OpenRead(path);
        head = head[..file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false)];
        return head switch
        {
            [0xFF, 0xD8, 0xFF, ..] => Jpeg,
            [0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, ..] => Png,
            [(byte)'G', (byte)'I', (byte)'F', (byte)'8', ..] => Gif,
            [(byte)'R', (byte)'I', (byte)'F', (byte)'F', _, _, _, _, (byte)'W', (byte)'E', (byte)'B', (byte)'P', ..] => Webp,
            [_, _, _, _, (byte)'f', (byte)'t', (byte)'y', (byte)'p', ..] => RecogniseIsoBrands(head),
            _ => null,
        };
    }

    /// <summary>The <c>ftyp</c> box of ISO 14496-12: a major brand, a version, then compatible brands to the box's end.</summary>
    private static ImageFormat? RecogniseIsoBrands(ReadOnlySpan<byte> head)
    {
        var end = (int)Math.Min(BinaryPrimitives.ReadUInt32BigEndian(head), (uint)head.Length);
        for (var at = 8; at + 4 <= end; at += at == 8 ? 8 : 4)
        {
            switch (Encoding.ASCII.GetString(head.Slice(at, 4)))
            {
                case "avif" or "avis": return Avif;
                case "heic" or "heix" or "heim" or "heis" or "hevc": return Heic;
            }
        }

        return null;
    }
}
