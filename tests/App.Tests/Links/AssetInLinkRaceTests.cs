using App.Tests.Blobs;
using App.Tests.Documents;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Documents;
using Portico.Http;
using Portico.Links;
using Portico.Markers;

namespace App.Tests.Links;

/// <summary>
/// An asset is deleted while a link that shows it is made or edited, at every moment between the steps of either.
/// However it goes, no link is left that shows what is gone, and nobody is told what did not happen.
/// </summary>
public sealed class AssetInLinkRaceTests(AzuriteFixture azurite) : IClassFixture<AzuriteFixture>, IAsyncDisposable
{
    private const string Project = "prj_1";
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly DateTimeOffset Noon = new(2026, 5, 1, 12, 0, 0, TimeSpan.Zero);

    private readonly SqliteDocuments _documents = new();

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    [Theory]
    [InlineData("get marker")]
    [InlineData("list projectLink")]
    [InlineData("batch assets")]
    public async Task Delete_LinkIsMadeMeanwhile_OneOfTheTwoIsRefused(string step)
    {
        for (var occurrence = 1; occurrence <= 2; occurrence++)
        {
            var clip = await StoreAsync($"ast_p{step.Length}{occurrence}", $"ast_v{step.Length}{occurrence}");
            var made = 0;
            var deleted = await DeleteAsync(clip.Video, new InterposedDocuments(_documents.Store, step, occurrence, async () => made = await CreateAsync(clip, _documents.Store)));
            await CheckAsync(clip, deleted, made);
        }
    }

    [Theory]
    [InlineData("get asset")]
    [InlineData("get marker")]
    [InlineData("create link")]
    [InlineData("upsert projectLink")]
    public async Task Create_AssetIsDeletedMeanwhile_OneOfTheTwoIsRefused(string step)
    {
        for (var occurrence = 1; occurrence <= 4; occurrence++)
        {
            var clip = await StoreAsync($"ast_q{step.Length}{occurrence}", $"ast_w{step.Length}{occurrence}");
            var deleted = 0;
            var made = await CreateAsync(clip, new InterposedDocuments(_documents.Store, step, occurrence, async () => deleted = await DeleteAsync(clip.Video, _documents.Store)));
            await CheckAsync(clip, deleted, made);
        }
    }

    [Theory]
    [InlineData("get asset")]
    [InlineData("replace link")]
    [InlineData("upsert projectLink")]
    public async Task Update_NewAssetIsDeletedMeanwhile_LinkShowsWhatIsThere(string step)
    {
        for (var occurrence = 1; occurrence <= 4; occurrence++)
        {
            var before = await StoreAsync($"ast_a{step.Length}{occurrence}", $"ast_b{step.Length}{occurrence}");
            var after = await StoreAsync($"ast_c{step.Length}{occurrence}", $"ast_d{step.Length}{occurrence}");
            (await CreateAsync(before, _documents.Store)).ShouldBe(StatusCodes.Status201Created);
            var code = (await CodesAsync(before.Video)).ShouldHaveSingleItem();
            var deleted = 0;

            var edited = await UpdateAsync(code, after, new InterposedDocuments(_documents.Store, step, occurrence, async () => deleted = await DeleteAsync(after.Video, _documents.Store)));

            var shown = (await LinksOf(_documents.Store).FindAsync(code, None))!.Document.Targets.ShouldHaveSingleItem();
            (await _documents.Store.GetAsync(Asset.Documents, Project, shown.ContentAssetId, None)).ShouldNotBeNull();
            shown.ContentAssetId.ShouldBe(edited == StatusCodes.Status200OK ? after.Video : before.Video);
            (await CodesAsync(shown.ContentAssetId)).ShouldBe([code]);
            (deleted == StatusCodes.Status204NoContent && edited == StatusCodes.Status200OK).ShouldBeFalse();
        }
    }

    private async Task CheckAsync((string Image, string Video) clip, int deleted, int made)
    {
        var asset = await _documents.Store.GetAsync(Asset.Documents, Project, clip.Video, None);
        var codes = await CodesAsync(clip.Video);
        (asset is null).ShouldBe(deleted == StatusCodes.Status204NoContent);
        codes.Count.ShouldBe(made == StatusCodes.Status201Created ? 1 : 0);
        (asset is null && codes.Count > 0).ShouldBeFalse("a link shows an asset that is gone");
    }

    private Task<IReadOnlyList<string>> CodesAsync(string assetId) => LinksOf(_documents.Store).ListUsingAsync(Project, assetId, None);

    private LinkStore LinksOf(IDocumentStore store) => new(store, azurite.Blobs);

    private ManifestPublisher ManifestsOf(IDocumentStore store) => new(store, azurite.Blobs, LinksOf(store), NullLogger<ManifestPublisher>.Instance);

    private async Task<int> CreateAsync((string Image, string Video) clip, IDocumentStore store) =>
        await StatusAsync(await new CreateLink(LinksOf(store), ManifestsOf(store), new IdempotencyKeys(store, TimeProvider.System), new PublicOrigin(new ConfigurationManager()), TimeProvider.System)
            .Run(Request("POST", Body(clip)), Project, None));

    private async Task<int> UpdateAsync(string code, (string Image, string Video) clip, IDocumentStore store) =>
        await StatusAsync(await new UpdateLink(LinksOf(store), ManifestsOf(store), new PublicOrigin(new ConfigurationManager()), TimeProvider.System)
            .Run(Request("PUT", Body(clip)), code, None));

    private async Task<int> DeleteAsync(string assetId, IDocumentStore store) =>
        await StatusAsync(await new DeleteAsset(store, new AssetMedia(store, azurite.Blobs, TimeProvider.System), LinksOf(store)).Run(Request("DELETE", ""), assetId, None));

    private static Task<int> StatusAsync(IResult result) => Task.FromResult(((IStatusCodeHttpResult)result).StatusCode ?? 200);

    private static string Body((string Image, string Video) clip) =>
        $$"""{"title":"Poster","targets":[{"imageAssetId":"{{clip.Image}}","contentAssetId":"{{clip.Video}}"}]}""";

    private static HttpRequest Request(string method, string body)
    {
        var http = new DefaultHttpContext();
        http.Grant(Project);
        http.Request.Method = method;
        http.Request.ContentType = "application/json";
        http.Request.Body = new MemoryStream(System.Text.Encoding.UTF8.GetBytes(body));
        http.Request.ContentLength = http.Request.Body.Length;
        return http.Request;
    }

    private async Task<(string Image, string Video)> StoreAsync(string image, string video)
    {
        var thumbnail = new ImageRendition(320, 240, $"{Project}/{image}.webp", "/cdn/t.webp", 5, "image/webp");
        var picture = AssetOf(image, AssetKind.Image) with { Image = new ImageFacts(4000, 3000, "jpeg", [], thumbnail), MarkerId = $"mrk_{image}" };
        var clip = AssetOf(video, AssetKind.Video) with { Video = new VideoFacts(1920, 1080, 10, 30, true, [], thumbnail with { Path = $"{Project}/{video}.webp" }) };
        await _documents.Store.CreateAsync(Asset.Documents, picture, None);
        await _documents.Store.CreateAsync(Asset.Documents, clip, None);
        await _documents.Store.CreateAsync(Marker.Documents, Marker.Of(picture, new MarkerFacts($"mrk_{image}", $"{Project}/{image}.marker", "/cdn/m.marker", 20_000, 800, 600, 300, new MarkerScore(80, [], [])), Noon), None);
        return (image, video);
    }

    private static Asset AssetOf(string id, AssetKind kind) => new()
    {
        Id = id,
        ProjectId = Project,
        Kind = kind,
        Name = "name",
        Status = AssetStatus.Ready,
        Source = new AssetSource("x/y", 1),
        CreatedAt = Noon,
        UpdatedAt = Noon,
    };
}
