using App.Tests.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Images;
using Portico.Tools;

namespace App.Tests.Images;

public sealed class ImageToolTests : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly ImageTool _images = new(new ToolRunner(), NullLogger<ImageTool>.Instance);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task RenderAsync_PhoneJpeg_MakesEverySizeWidestFirst()
    {
        var file = Generate("photo.jpg", "testsrc2=s=4000x3000");

        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;

        rendered.Renditions.Select(r => (Path.GetFileName(r.File), r.WidthPx, r.HeightPx)).ShouldBe(
            [("w2048.webp", 2048, 1536), ("w1024.webp", 1024, 768), ("w512.webp", 512, 384), ("fallback.jpg", 1024, 768)]);
        (rendered.Thumbnail.WidthPx, rendered.Thumbnail.HeightPx).ShouldBe((320, 240));
        foreach (var picture in rendered.Renditions.Append(rendered.Thumbnail))
        {
            _bench.Decode(picture.File, picture.WidthPx, picture.HeightPx);
        }
    }

    [Theory]
    [InlineData(700, 500, new[] { 700, 512 })]
    [InlineData(40, 300, new[] { 40 })]
    [InlineData(2048, 1, new[] { 2048, 1024, 512 })]
    [InlineData(1, 1, new[] { 1 })]
    public async Task RenderAsync_SmallerThanASize_IsNeverEnlarged(int widthPx, int heightPx, int[] webpWidthsPx)
    {
        var file = Generate("small.png", $"testsrc2=s={Math.Max(widthPx, 2)}x{Math.Max(heightPx, 2)},crop={widthPx}:{heightPx}:0:0:1,format=rgb24");

        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;

        rendered.Renditions.Where(r => r.File.EndsWith(".webp", StringComparison.Ordinal)).Select(r => r.WidthPx).ShouldBe(webpWidthsPx);
        rendered.Thumbnail.WidthPx.ShouldBeLessThanOrEqualTo(widthPx);
    }

    // What EXIF says of the stored picture: red green / blue yellow.
    [Theory]
    [InlineData(1, "red green blue yellow")]
    [InlineData(2, "green red yellow blue")]
    [InlineData(3, "yellow blue green red")]
    [InlineData(4, "blue yellow red green")]
    [InlineData(5, "red blue green yellow")]
    [InlineData(6, "blue red yellow green")]
    [InlineData(7, "yellow green blue red")]
    [InlineData(8, "green yellow red blue")]
    public async Task RenderAsync_ExifOrientation_ComesOutUprightWithoutMetadata(int orientation, string corners)
    {
        var stored = _bench.Folder.File(Quadrants("stored.jpg"));
        var file = _bench.Write("turned.jpg", ImageFiles.WithExif(File.ReadAllBytes(stored), orientation));

        var probe = (await _images.ProbeAsync(file, _bench.Folder, default)).Value!;
        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;
        var luma = (await _images.DecodeLumaAsync(file, _bench.Folder, 1000, default)).Value!;

        var upright = orientation >= 5 ? (64, 96) : (96, 64);
        (probe.WidthPx, probe.HeightPx).ShouldBe(upright);
        (luma.WidthPx, luma.HeightPx).ShouldBe(upright);
        foreach (var picture in rendered.Renditions.Append(rendered.Thumbnail))
        {
            (picture.WidthPx, picture.HeightPx).ShouldBe(upright);
            Corners(_bench.Decode(picture.File, picture.WidthPx, picture.HeightPx)).ShouldBe(corners, picture.File);
            var bytes = File.ReadAllBytes(picture.File);
            bytes.AsSpan().IndexOf("ICCP"u8).ShouldBe(-1, picture.File);

            // The tag of the GPS directory, in either byte order. (libvips gives every WebP an EXIF block of its own, with the size.)
            bytes.AsSpan().IndexOf<byte>([0x88, 0x25, 0, 4]).ShouldBe(-1, picture.File);
            bytes.AsSpan().IndexOf<byte>([0x25, 0x88, 4, 0]).ShouldBe(-1, picture.File);
        }

        // Luma of the corners: blue is darkest, then red, green, yellow.
        var order = corners.Split(' ').Select(name => Array.IndexOf(["blue", "red", "green", "yellow"], name));
        byte At(int x, int y) => luma.Luma[(y * luma.WidthPx) + x];
        byte[] cornerLuma = [At(2, 2), At(luma.WidthPx - 3, 2), At(2, luma.HeightPx - 3), At(luma.WidthPx - 3, luma.HeightPx - 3)];
        cornerLuma.Select(value => cornerLuma.Count(other => other < value)).ShouldBe(order);
    }

    [Fact]
    public async Task RenderAsync_CmykJpeg_IsConvertedByItsInks()
    {
        var file = _bench.Write("source", Sample("cmyk.jpg"));

        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;

        // Printers' inks reach neither pure green nor pure blue: these are what the inks of the sample look like.
        foreach (var picture in rendered.Renditions)
        {
            var pixels = _bench.Decode(picture.File, 96, 64);
            ShouldBeNear(pixels.At(0.05, 0.05), 238, 50, 46);
            ShouldBeNear(pixels.At(0.95, 0.05), 201, 206, 24);
            ShouldBeNear(pixels.At(0.05, 0.95), 53, 64, 138);
            ShouldBeNear(pixels.At(0.95, 0.95), 255, 235, 0);
        }
    }

    [Theory]
    [InlineData("quadrants.heic", "heic")]
    [InlineData("quadrants.avif", "avif")]
    public async Task RenderAsync_LessCommonFormat_KeepsItsColours(string sample, string format)
    {
        var file = _bench.Write("source", Sample(sample));

        (await _images.ProbeAsync(file, _bench.Folder, default)).Value.ShouldBe(new ImageProbe(96, 64, format));
        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;

        Corners(_bench.Decode(rendered.Renditions[0].File, 96, 64)).ShouldBe("red green blue yellow");
        Corners(_bench.Decode(rendered.Renditions[^1].File, 96, 64)).ShouldBe("red green blue yellow");
    }

    [Theory]
    [InlineData("png", "rgb48be")]
    [InlineData("png", "pal8")]
    [InlineData("gif", "bgr8")]
    [InlineData("webp", "bgra")]
    public async Task RenderAsync_OtherDepthsAndPalettes_KeepTheirColours(string extension, string pixelFormat)
    {
        var file = Quadrants("source." + extension, pixelFormat);

        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;

        Corners(_bench.Decode(rendered.Renditions[0].File, 96, 64)).ShouldBe("red green blue yellow");
    }

    [Fact]
    public async Task RenderAsync_TransparentPng_StaysTransparentInWebpAndTurnsWhiteInJpegAndLuma()
    {
        var file = Generate("clear.png", "color=red:s=60x40,format=rgba,colorchannelmixer=aa=0");

        var rendered = (await _images.RenderAsync(file, _bench.Folder, default)).Value!;
        var luma = (await _images.DecodeLumaAsync(file, _bench.Folder, 1000, default)).Value!;

        _bench.Decode(rendered.Renditions[0].File, 60, 40).At(0.5, 0.5).A.ShouldBe(0);
        _bench.Decode(rendered.Renditions[^1].File, 60, 40).NameAt(0.5, 0.5).ShouldBe("white");
        luma.Luma.ShouldAllBe(value => value >= 254);
    }

    [Fact]
    public async Task RenderAsync_Twice_GivesTheSameBytes()
    {
        var file = Generate("photo.jpg", "testsrc2=s=1600x1200");
        async Task<string[]> HashesAsync() => (await _images.RenderAsync(file, _bench.Folder, default)).Value!.Renditions
            .Select(r => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(r.File)))).ToArray();

        (await HashesAsync()).ShouldBe(await HashesAsync());
    }

    [Fact]
    public async Task DecodeLumaAsync_LargePicture_ShrinksToTheAskedSide()
    {
        var file = Generate("gradient.png", "color=black:s=2000x1000,format=gbrp,geq=r=X*255/2000:g=X*255/2000:b=X*255/2000");

        var luma = (await _images.DecodeLumaAsync(file, _bench.Folder, 1000, default)).Value!;

        (luma.WidthPx, luma.HeightPx, luma.Luma.Length).ShouldBe((1000, 500, 500_000));
        foreach (var x in new[] { 100, 300, 500, 700, 900 })
        {
            ((double)luma.Luma[(250 * 1000) + x]).ShouldBe(x * 0.255, tolerance: 4);
        }
    }

    [Fact]
    public async Task ProbeAsync_Empty_IsRejected() =>
        await ShouldBeRejectedAsync(_bench.Write("empty.jpg", []), "file.empty");

    [Theory]
    [InlineData("Dear designer, here is the picture.")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>")]
    [InlineData("%PDF-1.4")]
    [InlineData("P6\n1 1\n255\nabc")]
    [InlineData("x")]
    public async Task ProbeAsync_NotOneOfTheFormats_IsRejected(string text) =>
        await ShouldBeRejectedAsync(_bench.Write("picture.jpg", System.Text.Encoding.UTF8.GetBytes(text)), "image.not_an_image");

    [Fact]
    public async Task ProbeAsync_VideoNamedJpg_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc=s=64x64:d=1 -f mp4 clip");
        await ShouldBeRejectedAsync("clip", "image.not_an_image");
    }

    [Fact]
    public async Task ProbeAsync_PngThatAnnouncesNineHundredMegapixels_IsRejectedUndecoded()
    {
        var file = _bench.Write("bomb.png", GreyPng.Black(30_000));

        var probe = await _images.ProbeAsync(file, _bench.Folder, default);

        probe.Failure!.Code.ShouldBe("image.too_many_pixels");
        probe.Failure.Message.ShouldContain("900 megapixels");
        (await _images.RenderAsync(file, _bench.Folder, default)).Failure!.Code.ShouldBe("image.too_many_pixels");
        (await _images.DecodeLumaAsync(file, _bench.Folder, 1000, default)).Failure!.Code.ShouldBe("image.too_many_pixels");
    }

    [Fact]
    public async Task ProbeAsync_SixtyMegapixelJpeg_IsRejected() =>
        await ShouldBeRejectedAsync(Generate("large.jpg", "color=gray:s=10000x6000"), "image.too_many_pixels");

    [Fact]
    public async Task RenderAsync_FiftyMegapixelsOfSixteenBitsWithAlpha_FitsTheMemoryLimit()
    {
        // The most bytes that 50 megapixels can hold, in a format that can't be shrunk while it is decoded.
        var file = Generate("worst.png", "color=gray:s=10000x5000,format=rgba64be");

        (await _images.RenderAsync(file, _bench.Folder, default)).Value!.Renditions[0].WidthPx.ShouldBe(2048);
    }

    [Fact]
    public async Task ImageWorker_ShortOfMemory_SaysSoByItsExitCode()
    {
        var file = Generate("large.png", "testsrc2=s=8000x6000,format=rgba64be");
        var tight = new ToolLimits(128L << 20, 4L << 30, 1L << 30, TimeSpan.FromSeconds(60), TimeSpan.FromSeconds(60));

        var result = await new ToolRunner().RunAsync(Tool.ImageWorker, ["render", file, "50000000", "2048", "1024", "320"], _bench.Folder, tight, default);

        (result.End, result.ExitCode).ShouldBe((ToolEnd.Exited, 13));
    }

    [Theory]
    [InlineData("jpg", 0.5)]
    [InlineData("jpg", 0.98)]
    [InlineData("png", 0.5)]
    [InlineData("webp", 0.5)]
    [InlineData("gif", 0.5)]
    public async Task RenderAsync_BreaksOff_IsRejected(string extension, double keep)
    {
        var whole = File.ReadAllBytes(_bench.Folder.File(Generate("whole." + extension, "testsrc2=s=800x600")));
        var file = _bench.Write("truncated." + extension, whole.AsSpan(0, (int)(whole.Length * keep)));

        (await _images.RenderAsync(file, _bench.Folder, default)).Failure.ShouldNotBeNull().Code.ShouldBe("image.truncated");
        (await _images.DecodeLumaAsync(file, _bench.Folder, 1000, default)).Failure.ShouldNotBeNull().Code.ShouldBe("image.truncated");
    }

    [Theory]
    [InlineData("quadrants.heic")]
    [InlineData("quadrants.avif")]
    public async Task RenderAsync_HeifBreaksOff_IsRejected(string sample)
    {
        var whole = Sample(sample);
        var file = _bench.Write("source", whole.AsSpan(0, whole.Length - 40));

        (await _images.RenderAsync(file, _bench.Folder, default)).Failure!.Code.ShouldBe("image.truncated");
    }

    [Fact]
    public async Task RenderAsync_Cancelled_LeavesNoProcess()
    {
        using var cancel = new CancellationTokenSource(TimeSpan.FromMilliseconds(150));
        var file = Generate("slow.png", "testsrc2=s=8000x6000");

        await Should.ThrowAsync<OperationCanceledException>(_images.RenderAsync(file, _bench.Folder, cancel.Token));

        _bench.LivingProcesses().ShouldBeEmpty();
    }

    private async Task ShouldBeRejectedAsync(string file, string code)
    {
        var probe = await _images.ProbeAsync(file, _bench.Folder, default);
        probe.Value.ShouldBeNull();
        probe.Failure!.Code.ShouldBe(code);
        (await _images.RenderAsync(file, _bench.Folder, default)).Failure!.Code.ShouldBe(code);
    }

    private string Generate(string name, string source)
    {
        _bench.Ffmpeg($"-f lavfi -i {source} -frames:v 1 -q:v 3 {name}");
        return name;
    }

    /// <summary>96×64: red green above blue yellow.</summary>
    private string Quadrants(string name, string? pixelFormat = null)
    {
        _bench.Ffmpeg(
            "-f lavfi -i color=red:s=48x32 -f lavfi -i color=0x00ff00:s=48x32 -f lavfi -i color=blue:s=48x32 -f lavfi -i color=yellow:s=48x32 "
            + "-filter_complex [0]format=gbrp[r];[1]format=gbrp[g];[2]format=gbrp[b];[3]format=gbrp[y];[r][g]hstack[t];[b][y]hstack[u];[t][u]vstack "
            + $"-frames:v 1 -q:v 1 {(pixelFormat is null ? "" : $"-pix_fmt {pixelFormat} ")}{name}");
        return name;
    }

    private static byte[] Sample(string name) => File.ReadAllBytes(Path.Combine(AppContext.BaseDirectory, "Images", "Samples", name));

    private static void ShouldBeNear((int R, int G, int B, int A) pixel, int r, int g, int b) =>
        (Math.Abs(pixel.R - r) + Math.Abs(pixel.G - g) + Math.Abs(pixel.B - b)).ShouldBeLessThan(24, pixel.ToString());

    private static string Corners(Pixels pixels) =>
        string.Join(' ', pixels.NameAt(0.05, 0.05), pixels.NameAt(0.95, 0.05), pixels.NameAt(0.05, 0.95), pixels.NameAt(0.95, 0.95));
}
