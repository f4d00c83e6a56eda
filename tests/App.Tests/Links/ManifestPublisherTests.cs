using App.Tests.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Documents;
using Portico.Links;
using Portico.Markers;

namespace App.Tests.Links;

public sealed class ManifestPublisherTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly IReadOnlyList<LinkTarget> Targets = [new("ast_1", "ast_9")];

    private readonly SqliteDocuments _documents = new();
    private readonly ManifestPublisher _publisher;

    // Preparing reads documents; only publishing writes a blob.
    public ManifestPublisherTests() =>
        _publisher = new ManifestPublisher(_documents.Store, blobs: null!, new LinkStore(_documents.Store, blobs: null!), NullLogger<ManifestPublisher>.Instance);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Fact]
    public async Task PrepareEdit_ReadyAssets_AreShown()
    {
        await StoreAsync(image: AssetStatus.Ready, video: AssetStatus.Ready);

        (await _publisher.PrepareEditAsync("prj_1", Targets, shown: [], None)).Targets.ShouldNotBeNull().ShouldHaveSingleItem();
    }

    [Theory]
    [InlineData(AssetStatus.Failed, AssetStatus.Ready, "ast_1")]
    [InlineData(AssetStatus.Ready, AssetStatus.Failed, "ast_9")]
    [InlineData(AssetStatus.Ready, AssetStatus.Processing, "ast_9")]
    public async Task PrepareEdit_AssetWithFactsThatIsNotReady_IsNotTakenIntoALink(AssetStatus image, AssetStatus video, string unready)
    {
        await StoreAsync(image, video);

        var prepared = await _publisher.PrepareEditAsync("prj_1", Targets, shown: [new("ast_2", "ast_3")], None);

        prepared.Targets.ShouldBeNull();
        prepared.Unready!.Id.ShouldBe(unready);
    }

    [Fact]
    public async Task PrepareEditAndPrepare_LinkThatShowsTheLostAssetAlready_GoOnWithWhatIsLeft()
    {
        await StoreAsync(image: AssetStatus.Ready, video: AssetStatus.Failed);

        (await _publisher.PrepareEditAsync("prj_1", Targets, shown: Targets, None)).Targets.ShouldNotBeNull();
        (await _publisher.PrepareAsync("prj_1", Targets, None)).Targets.ShouldNotBeNull();
    }

    private async Task StoreAsync(AssetStatus image, AssetStatus video)
    {
        var thumbnail = new ImageRendition(320, 240, "p/t.webp", "/cdn/p/t.webp", 5, "image/webp");
        var picture = Asset("ast_1", AssetKind.Image, image) with { Image = new ImageFacts(4000, 3000, "jpeg", [], thumbnail), MarkerId = "mrk_1" };
        var clip = Asset("ast_9", AssetKind.Video, video) with { Video = new VideoFacts(1920, 1080, 10, 30, true, [], thumbnail) };
        var marker = Marker.Of(picture, new MarkerFacts("mrk_1", "p/m.marker", "/cdn/p/m.marker", 20_000, 800, 600, 300, new MarkerScore(80, [], [])), Noon);
        await _documents.Store.CreateAsync(Portico.Assets.Asset.Documents, picture, None);
        await _documents.Store.CreateAsync(Portico.Assets.Asset.Documents, clip, None);
        await _documents.Store.CreateAsync(Marker.Documents, marker, None);
    }

    private static Asset Asset(string id, AssetKind kind, AssetStatus status) => new()
    {
        Id = id,
        ProjectId = "prj_1",
        Kind = kind,
        Name = "name.jpg",
        Status = status,
        Failure = status == AssetStatus.Failed ? AssetFailures.BlobLost.Because() : null,
        Source = new AssetSource("x/y", 1),
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };
}
