using System.Text.Json;
using Portico.Assets;
using Portico.Links;
using Portico.Markers;

namespace App.Tests.Links;

public sealed class ManifestTests
{
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    [Fact]
    public void Of_SameLinkAndAssets_GivesTheSameBytes() =>
        Manifest.Of(Link(), [Target()]).ToUtf8Json().ShouldBe(Manifest.Of(Link(), [Target()]).ToUtf8Json());

    [Fact]
    public void Of_IsDatedByTheNewestOfItsParts()
    {
        var target = Target();
        var manifest = Manifest.Of(Link(), [target with { Content = target.Content with { UpdatedAt = Noon.AddHours(3) } }]);

        manifest.PublishedAt.ShouldBe(Noon.AddHours(3));
    }

    [Fact]
    public void Of_HasTheShapeThatTheViewerReads()
    {
        using var json = JsonDocument.Parse(Manifest.Of(Link(), [Target()]).ToUtf8Json());
        var root = json.RootElement;
        var target = root.GetProperty("targets")[0];

        root.GetProperty("version").GetInt32().ShouldBe(1);
        root.GetProperty("code").GetString().ShouldBe("abcdefgh");
        root.GetProperty("telemetryUrl").GetString().ShouldBe("/api/v1/analytics/track");
        target.GetProperty("marker").GetProperty("url").GetString().ShouldBe("/cdn/p/m.marker");
        target.GetProperty("picture").GetProperty("thumbnail").GetProperty("url").GetString().ShouldBe("/cdn/p/t.webp");
        target.GetProperty("content").GetProperty("kind").GetString().ShouldBe("video");
        target.GetProperty("content").GetProperty("renditions").EnumerateArray().Select(rendition => rendition.GetProperty("heightPx").GetInt32()).ShouldBe([1080, 480]);
    }

    [Fact]
    public void Of_TellsStrangersNothingOfIdsAndFileNames()
    {
        var text = System.Text.Encoding.UTF8.GetString(Manifest.Of(Link(), [Target()]).ToUtf8Json());

        text.ShouldNotContain("ast_");
        text.ShouldNotContain("prj_");
        text.ShouldNotContain("secret name");
    }

    [Fact]
    public void Of_TargetIds_FollowThePictureAndNotItsPlace()
    {
        var (first, second) = (Target("ast_1"), Target("ast_2"));

        var ids = Manifest.Of(Link(), [first, second]).Targets.Select(target => target.Id).ToList();

        ids.ShouldBeUnique();
        Manifest.Of(Link(), [second, first]).Targets.Select(target => target.Id).Reverse().ShouldBe(ids);
    }

    private static Link Link() => new() { Id = "abcdefgh", ProjectId = "prj_1", Title = "Title", Targets = [new("ast_1", "ast_9")], CreatedAt = Noon, UpdatedAt = Noon };

    private static PreparedTarget Target(string imageId = "ast_1")
    {
        var thumbnail = new ImageRendition(320, 240, "p/t.webp", "/cdn/p/t.webp", 5, "image/webp");
        var image = Asset(imageId, AssetKind.Image) with { Image = new ImageFacts(4000, 3000, "jpeg", [], thumbnail) };
        var video = Asset("ast_9", AssetKind.Video) with
        {
            Video = new VideoFacts(1920, 1080, 10, 30, true, [Rendition(480), Rendition(1080)], thumbnail),
        };
        var marker = Marker.Of(image, new MarkerFacts("mrk_1", "p/m.marker", "/cdn/p/m.marker", 20_000, 800, 600, 300, new MarkerScore(80, [], [])), Noon);
        return new PreparedTarget(image, marker, video);
    }

    private static VideoRendition Rendition(int height) => new(height * 16 / 9, height, 1_000_000, "avc1", $"p/{height}.mp4", $"/cdn/p/{height}.mp4", 9, "video/mp4");

    private static Asset Asset(string id, AssetKind kind) => new()
    {
        Id = id,
        ProjectId = "prj_1",
        Kind = kind,
        Name = "secret name.jpg",
        Status = AssetStatus.Ready,
        Source = new AssetSource("x/y", 1),
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };
}
