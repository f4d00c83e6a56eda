using System.Xml.Linq;
using Portico.Operations;
using Portico.Tools;

namespace App.Tests.Operations;

public sealed class DemoMediaTests
{
    private readonly WorkFolders _folders = new(Directory.CreateTempSubdirectory("portico-demo-").FullName);
    private readonly ToolRunner _tools = new();

    [Fact]
    public void Poster_DrawnTwice_IsTheSameWellFormedDrawing()
    {
        var drawing = XDocument.Parse(DemoArtwork.Poster());

        drawing.Descendants().Count().ShouldBeGreaterThan(500);
        DemoArtwork.Poster().ShouldBe(DemoArtwork.Poster());
    }

    [Fact]
    public async Task DrawAndFilm_OnThisMachine_GivePosterAndClipOfOneAspect()
    {
        using var folder = _folders.Create();
        var media = new DemoMedia(_tools);

        var poster = await ProbeAsync(await media.DrawPosterAsync(folder, CancellationToken.None), folder);
        var clip = await ProbeAsync(await media.FilmClipAsync(folder, CancellationToken.None), folder);

        poster.ShouldBe("mjpeg,1500,2000");
        clip.ShouldBe("h264,720,960 aac");
    }

    private async Task<string> ProbeAsync(string file, WorkFolder folder)
    {
        var limits = new ToolLimits(1L << 30, 2L << 30, 1 << 20, TimeSpan.FromSeconds(30), TimeSpan.FromSeconds(60));
        var result = await _tools.RunAsync(Tool.Ffprobe, ["-v", "error", "-show_entries", "stream=codec_name,width,height", "-of", "csv=p=0", file], folder, limits, CancellationToken.None);
        result.Succeeded.ShouldBeTrue(result.Errors);
        return string.Join(' ', result.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Trim().TrimEnd(',')));
    }
}
