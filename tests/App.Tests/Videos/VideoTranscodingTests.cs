using App.Tests.Tools;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Tools;
using Portico.Videos;

namespace App.Tests.Videos;

public sealed class VideoTranscodingTests : IDisposable
{
    private readonly Workbench _bench = new();
    private readonly VideoProbing _probing = new(new ToolRunner(), NullLogger<VideoProbing>.Instance);
    private readonly VideoTranscoding _transcoding;

    public VideoTranscodingTests() => _transcoding = new VideoTranscoding(new ToolRunner(), _probing, NullLogger<VideoTranscoding>.Instance);

    public void Dispose() => _bench.Dispose();

    [Fact]
    public async Task TranscodeAsync_FullHdWithSound_MakesALadderThatBrowsersPlayWhileItLoads()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=1920x1080:r=30:d=2 -f lavfi -i sine=d=2 -c:v libx264 -preset ultrafast -c:a aac -metadata location=+48.85+002.35/ -f mp4 source");
        var fractions = new List<double>();

        var (probe, made) = await RunAsync("source", fractions.Add);

        probe.ShouldBe(new VideoProbe(1920, 1080, 2, 30, HasAudio: true, "h264", IsHdr: false));
        made.Rungs.Select(rung => (rung.WidthPx, rung.HeightPx)).ShouldBe([(1920, 1080), (1280, 720), (852, 480)]);
        made.Rungs.Select(rung => rung.Codecs).ShouldBe(["avc1.640028,mp4a.40.2", "avc1.64001F,mp4a.40.2", "avc1.64001F,mp4a.40.2"]);
        foreach (var rung in made.Rungs)
        {
            _bench.Ffprobe(rung.File, "stream=codec_name,profile,pix_fmt,avg_frame_rate,color_space").ShouldBe(
                ["h264", "High", "yuv420p", "bt709", "30/1", "aac", "LC", "0/0"]);
            var bytes = File.ReadAllBytes(rung.File).AsSpan();
            bytes.IndexOf("moov"u8).ShouldBeLessThan(bytes.IndexOf("mdat"u8), "the index comes first");
            bytes.IndexOf("48.85"u8).ShouldBe(-1, "the place stays with the author");
            rung.BitsPerSecond.ShouldBeGreaterThan(10_000);
            rung.DurationSeconds.ShouldBe(2, tolerance: 0.1);
        }

        fractions.ShouldNotBeEmpty();
        fractions[^1].ShouldBe(1, tolerance: 0.1);
        fractions.ShouldAllBe(fraction => fraction >= 0 && fraction <= 1);
        _bench.Decode(made.Poster.File, 1920, 1080).WidthPx.ShouldBe(made.Poster.WidthPx);
    }

    [Fact]
    public async Task TranscodeAsync_Twice_GivesTheSameBytes()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=640x360:r=30:d=1 -f lavfi -i sine=d=1 -c:v libx264 -c:a aac -f mp4 source");

        var first = (await RunAsync("source")).Made.Rungs.Select(rung => Convert.ToHexString(File.ReadAllBytes(rung.File))).ToArray();
        var second = (await RunAsync("source")).Made.Rungs.Select(rung => Convert.ToHexString(File.ReadAllBytes(rung.File))).ToArray();

        second.ShouldBe(first);
    }

    [Fact]
    public async Task TranscodeAsync_PhoneHeldUpright_ComesOutUpright()
    {
        // Stored lying, red left and blue right, to be turned by a quarter: red ends above blue or below, as the player says.
        _bench.Ffmpeg("-f lavfi -i color=red:s=320x360:r=30:d=1 -f lavfi -i color=blue:s=320x360:r=30:d=1 -filter_complex hstack -c:v libx264 -f mp4 lying.mp4");
        _bench.Ffmpeg("-i lying.mp4 -c copy -metadata:s:v:0 rotate=90 -f mp4 source");

        var (probe, made) = await RunAsync("source");

        (probe.WidthPx, probe.HeightPx).ShouldBe((360, 640));
        (made.Rungs[0].WidthPx, made.Rungs[0].HeightPx).ShouldBe((360, 640));
        var pixels = _bench.Decode(made.Rungs[0].File, 360, 640);
        var player = _bench.Decode("source", 360, 640);
        (pixels.NameAt(0.5, 0.1), pixels.NameAt(0.5, 0.9)).ShouldBe((player.NameAt(0.5, 0.1), player.NameAt(0.5, 0.9)));
        pixels.NameAt(0.5, 0.1).ShouldNotBe(pixels.NameAt(0.5, 0.9));
        _bench.Ffprobe(made.Rungs[0].File, "stream_side_data=rotation").ShouldBeEmpty("pixels are turned, so the flag must be gone");
    }

    [Fact]
    public async Task TranscodeAsync_VariableFrameRate_ComesOutSteadyAndAsLong()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=320x240:r=30:d=3 -vf setpts='N/30/TB+floor(N/30)*0.4/TB' -fps_mode vfr -c:v libx264 -f matroska source");
        var lengthSeconds = double.Parse(_bench.Ffprobe("source", "format=duration").Single(), System.Globalization.CultureInfo.InvariantCulture);

        var (_, made) = await RunAsync("source");

        made.Rungs[0].DurationSeconds.ShouldBe(lengthSeconds, tolerance: 0.15);
        var rates = _bench.Ffprobe(made.Rungs[0].File, "stream=avg_frame_rate,r_frame_rate");
        rates[0].ShouldBe(rates[1]);
    }

    [Theory]
    [InlineData("321x241", 320, 240)]
    [InlineData("1081x1921", 1080, 1918)]
    [InlineData("16x16", 16, 16)]
    public async Task TranscodeAsync_OddSize_IsRoundedDownToEven(string size, int widthPx, int heightPx)
    {
        _bench.Ffmpeg($"-f lavfi -i testsrc2=s=2000x2000:r=10:d=0.5 -vf scale={size.Replace('x', ':')},setsar=1 -c:v libx264 -pix_fmt yuv444p -preset ultrafast -f mp4 source");

        var (_, made) = await RunAsync("source");

        (made.Rungs[0].WidthPx, made.Rungs[0].HeightPx).ShouldBe((widthPx, heightPx));
    }

    [Fact]
    public async Task TranscodeAsync_NoSound_HasNone()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=320x240:d=1 -c:v libvpx -f webm source");

        var (probe, made) = await RunAsync("source");

        probe.HasAudio.ShouldBeFalse();
        made.Rungs.ShouldHaveSingleItem().Codecs.ShouldBe("avc1.64000D");
    }

    [Fact]
    public async Task TranscodeAsync_SlowMotion_IsCappedAtSixtyFrames()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=320x240:r=240:d=1 -c:v libx264 -preset ultrafast -f mp4 source");

        var (probe, made) = await RunAsync("source");

        probe.FramesPerSecond.ShouldBe(240);
        _bench.Ffprobe(made.Rungs[0].File, "stream=avg_frame_rate").ShouldBe(["60/1"]);
    }

    [Fact]
    public async Task TranscodeAsync_HlgVideo_ComesOutAsBrightAsItLooks()
    {
        _bench.Ffmpeg("-f lavfi -i color=white:s=320x240:r=10:d=0.5 -vf format=yuv420p10le -c:v libx265 -x265-params log-level=error:transfer=arib-std-b67:colorprim=bt2020:colormatrix=bt2020nc -color_trc arib-std-b67 -color_primaries bt2020 -colorspace bt2020nc -f mp4 source");

        var (probe, made) = await RunAsync("source");

        probe.IsHdr.ShouldBeTrue();
        _bench.Ffprobe(made.Rungs[0].File, "stream=pix_fmt,color_transfer").ShouldBe(["yuv420p", "bt709"]);
        _bench.Decode(made.Rungs[0].File, 320, 240).At(0.5, 0.5).R.ShouldBeGreaterThan(180);
    }

    [Fact]
    public async Task TranscodeAsync_FadesInFromBlack_PosterShowsThePicture()
    {
        _bench.Ffmpeg("-f lavfi -i color=yellow:s=320x240:r=25:d=4 -vf fade=in:0:12 -c:v libx264 -f mp4 source");

        var (_, made) = await RunAsync("source");

        _bench.Decode(made.Poster.File, 320, 240).NameAt(0.5, 0.5).ShouldBe("yellow");
    }

    [Fact]
    public async Task TranscodeAsync_IndexFirstAndCutOff_IsRejectedAsTruncated()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=640x360:r=30:d=4 -c:v libx264 -movflags +faststart -f mp4 whole");
        var whole = File.ReadAllBytes(_bench.Folder.File("whole"));
        _bench.Write("source", whole.AsSpan(0, whole.Length / 2));

        var probe = await _probing.ProbeAsync("source", _bench.Folder, default);
        var failure = probe.Failure ?? (await _transcoding.TranscodeAsync("source", probe.Value!, _bench.Folder, _ => { }, default)).Failure;

        failure!.Code.ShouldBe("video.truncated");
    }

    [Fact]
    public async Task TranscodeAsync_Cancelled_LeavesNoProcessAndNoFolder()
    {
        _bench.Ffmpeg("-f lavfi -i testsrc2=s=1280x720:r=30:d=20 -c:v libx264 -preset ultrafast -f mp4 source");
        using var cancel = new CancellationTokenSource();
        var started = new TaskCompletionSource();
        string folderPath;
        using (var folder = _bench.Folders.Create())
        {
            folderPath = folder.FolderPath;
            File.Copy(_bench.Folder.File("source"), folder.File("source"));
            var run = _transcoding.TranscodeAsync("source", new VideoProbe(1280, 720, 20, 30, false, "h264", false), folder, _ => started.TrySetResult(), cancel.Token);
            await started.Task;

            await cancel.CancelAsync();

            await Should.ThrowAsync<OperationCanceledException>(run);
        }

        _bench.LivingProcesses().ShouldBeEmpty();
        Directory.Exists(folderPath).ShouldBeFalse();
    }

    private async Task<(VideoProbe Probe, TranscodedVideo Made)> RunAsync(string file, Action<double>? onFraction = null)
    {
        var probe = await _probing.ProbeAsync(file, _bench.Folder, default);
        probe.Failure.ShouldBeNull();
        var made = await _transcoding.TranscodeAsync(file, probe.Value!, _bench.Folder, onFraction ?? (_ => { }), default);
        made.Failure.ShouldBeNull();
        return (probe.Value!, made.Value!);
    }
}
