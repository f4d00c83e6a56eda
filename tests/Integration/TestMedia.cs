using System.Diagnostics;
using System.Text;
using App.Tests.Images;

namespace Integration;

/// <summary>Files as people and attackers send them, made by ffmpeg or byte by byte. Made once, kept for the process.</summary>
internal static class TestMedia
{
    private static readonly Lazy<byte[]> LazyPhoto = new(() => Ffmpeg("jpg", "-f lavfi -i mandelbrot=size=1600x1200:maxiter=300 -frames:v 1 -q:v 3"));
    private static readonly Lazy<byte[]> LazyOtherPhoto = new(() => Ffmpeg("jpg", "-f lavfi -i testsrc2=size=900x600 -frames:v 1 -q:v 3"));
    private static readonly Lazy<byte[]> LazyClip = new(() => Ffmpeg("mp4", "-f lavfi -i testsrc2=size=640x360:rate=25 -f lavfi -i sine=frequency=440 -t 2 -c:v libx264 -preset ultrafast -pix_fmt yuv420p -c:a aac -shortest"));

    private static readonly Lazy<byte[]> LazyTinyClip = new(() => Ffmpeg("mp4", "-f lavfi -i testsrc2=size=160x120:rate=10 -t 0.5 -c:v libx264 -preset ultrafast -pix_fmt yuv420p"));

    /// <summary>1600×1200, full of detail.</summary>
    public static byte[] Photo => LazyPhoto.Value;

    /// <summary>900×600.</summary>
    public static byte[] OtherPhoto => LazyOtherPhoto.Value;

    /// <summary>Two seconds of 640×360 with sound.</summary>
    public static byte[] Clip => LazyClip.Value;

    /// <summary>Half a second of 160×120, silent: for many at once.</summary>
    public static byte[] TinyClip => LazyTinyClip.Value;

    /// <summary>Long enough to be in processing for some seconds on any machine.</summary>
    public static byte[] LongClip() => Ffmpeg("mp4", "-f lavfi -i testsrc2=size=1280x720:rate=30 -t 6 -c:v libx264 -preset ultrafast -pix_fmt yuv420p");

    public static byte[] SixtyMegapixels() => Ffmpeg("jpg", "-f lavfi -i color=red:size=10000x6000 -frames:v 1");

    public static byte[] SoundOnly() => Ffmpeg("mp4", "-f lavfi -i sine=frequency=440 -t 1 -c:a aac");

    public static byte[] SixteenK() => Ffmpeg("mov", "-f lavfi -i color=blue:size=16384x8192:rate=1 -frames:v 1 -c:v mjpeg -pix_fmt yuvj420p");

    /// <summary>A playlist that asks its reader to open a local file.</summary>
    public static byte[] Playlist() => Encoding.ASCII.GetBytes("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n");

    /// <summary>30,000 × 30,000 pixels of one bit in about 110 kB: sound, and 900 megapixels when opened.</summary>
    public static byte[] EnormousPng() => GreyPng.Black(30_000);

    private static byte[] Ffmpeg(string extension, string arguments)
    {
        var folder = Directory.CreateTempSubdirectory("portico-media-");
        try
        {
            var file = Path.Combine(folder.FullName, "out." + extension);
            var start = new ProcessStartInfo("ffmpeg", $"-v error -y {arguments} {file}") { RedirectStandardError = true };
            using var process = Process.Start(start)!;
            var errors = process.StandardError.ReadToEnd();
            process.WaitForExit();
            process.ExitCode.ShouldBe(0, errors);
            return File.ReadAllBytes(file);
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }
}
