using System.Text;
using App.Tests.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Tools;
using Portico.Videos;

namespace App.Tests.Videos;

public sealed class VideoProbingTests : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly VideoProbing _probing = new(new ToolRunner(), NullLogger<VideoProbing>.Instance);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task ProbeAsync_Empty_IsRejected() => await ShouldBeRejectedAsync(_bench.Write("source", []), "file.empty");

    [Theory]
    [InlineData("Dear agency, the clip is attached.")]
    [InlineData("<html></html>")]
    [InlineData("x")]
    public async Task ProbeAsync_Text_IsRejected(string text) =>
        await ShouldBeRejectedAsync(_bench.Write("source.mp4", Encoding.UTF8.GetBytes(text)), "video.not_a_video");

    [Theory]
    [InlineData("-c:v png -f image2 -update 1")]
    [InlineData("-f gif")]
    [InlineData("-f mjpeg")]
    public async Task ProbeAsync_Picture_IsRejected(string output)
    {
        _bench.Ffmpeg($"-f lavfi -i testsrc2=s=64x64 -frames:v 1 {output} source");
        await ShouldBeRejectedAsync("source", "video.not_a_video");
    }

    // Each names a real video beside it: whoever opened that would find a video and accept.
    [Theory]
    [InlineData("#EXTM3U\n#EXT-X-TARGETDURATION:2\n#EXTINF:2,\n{0}\n#EXT-X-ENDLIST\n")]
    [InlineData("ffconcat version 1.0\nfile '{0}'\n")]
    [InlineData("<?xml version='1.0'?><MPD xmlns='urn:mpeg:dash:schema:mpd:2011' type='static' mediaPresentationDuration='PT2S'><Period><AdaptationSet mimeType='video/mp4'><Representation id='1' bandwidth='1'><BaseURL>{0}</BaseURL></Representation></AdaptationSet></Period></MPD>")]
    public async Task ProbeAsync_PlaylistNamedMp4_OpensNoOtherFile(string playlist)
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=64x64:d=2 -c:v libx264 -f mpegts canary.ts");
        var canary = _bench.Folder.File("canary.ts");
        File.SetLastAccessTimeUtc(canary, new DateTime(2001, 1, 1, 0, 0, 0, DateTimeKind.Utc));
        _bench.Write("source.mp4", Encoding.UTF8.GetBytes(string.Format(System.Globalization.CultureInfo.InvariantCulture, playlist, canary)));

        await ShouldBeRejectedAsync("source.mp4", "video.not_a_video");

        File.GetLastAccessTimeUtc(canary).Year.ShouldBe(2001, "the canary has been read");

        // The file system must tell of reads at all, or the line above proves nothing.
        await File.ReadAllBytesAsync(canary);
        File.GetLastAccessTimeUtc(canary).Year.ShouldNotBe(2001, "run this on a file system that keeps access times");
    }

    [Fact]
    public async Task ProbeAsync_SoundOnly_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i sine=d=1 -c:a aac -f mp4 source");
        await ShouldBeRejectedAsync("source", "video.no_video_stream");
    }

    [Fact]
    public async Task ProbeAsync_SoundWithCoverArt_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=64x64 -frames:v 1 cover.jpg");
        _bench.Ffmpeg("-f lavfi -i sine=d=1 -i cover.jpg -map 0 -map 1 -c:a aac -c:v copy -disposition:v:0 attached_pic -f mp4 source");
        await ShouldBeRejectedAsync("source", "video.no_video_stream");
    }

    [Fact]
    public async Task ProbeAsync_FramesOver8K_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i color=red:s=16384x8192:r=1:d=1 -c:v mjpeg -f mov source");

        var failure = await ShouldBeRejectedAsync("source", "video.too_many_pixels");

        failure.ShouldContain("16384×8192");
    }

    [Fact]
    public async Task ProbeAsync_FramesUnderAMacroblock_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i color=red:s=64x8:d=1 -c:v mpeg4 -f mp4 source");
        await ShouldBeRejectedAsync("source", "video.too_small");
    }

    [Fact]
    public async Task ProbeAsync_IndexLastAndCutOff_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=320x240:d=2 -c:v libx264 -f mp4 whole");
        var whole = File.ReadAllBytes(_bench.Folder.File("whole"));
        await ShouldBeRejectedAsync(_bench.Write("source", whole.AsSpan(0, whole.Length / 2)), "video.truncated");
    }

    [Fact]
    public async Task ProbeAsync_ElevenMinutes_IsRejected()
    {
        _bench.Ffmpeg("-f lavfi -i color=red:s=32x32:r=1:d=660 -c:v mpeg4 -f mp4 source");

        var failure = await ShouldBeRejectedAsync("source", "video.too_long");

        failure.ShouldContain("0:11:00");
    }

    [Fact]
    public async Task ProbeAsync_WebmWithoutDuration_MeasuresIt()
    {
        // As a browser's MediaRecorder writes it: a live stream, whose header knows no end.
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=64x64:r=25:d=3 -c:v libvpx -f webm -live 1 source");
        _bench.Ffprobe("source", "format=duration").ShouldBe(["N/A"]);

        (await _probing.ProbeAsync("source", _bench.Folder, default)).Value!.DurationSeconds.ShouldBe(3, tolerance: 0.1);
    }

    [Fact]
    public async Task ProbeAsync_AnamorphicVideo_HasTheShapeItIsShownIn()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=720x576:d=1 -vf setsar=64/45 -c:v libx264 -f mp4 source");

        var probe = (await _probing.ProbeAsync("source", _bench.Folder, default)).Value!;

        (probe.WidthPx, probe.HeightPx).ShouldBe((1024, 576));
    }

    private async Task<string> ShouldBeRejectedAsync(string file, string code)
    {
        var probe = await _probing.ProbeAsync(file, _bench.Folder, default);
        probe.Value.ShouldBeNull();
        probe.Failure!.Code.ShouldBe(code);
        return probe.Failure.Message;
    }
}
