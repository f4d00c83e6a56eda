using App.Tests.Documents;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Documents;
using Portico.Realtime;

namespace App.Tests.Assets;

public sealed class AssetProgressReporterTests : IAsyncDisposable, IDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private static readonly MediaSource Source = new("prj_1", "ast_1", AssetKind.Video, "v1");

    private readonly SqliteDocuments _documents = new();
    private readonly SettableClock _clock = new();
    private readonly SentMessages _sent = new();
    private readonly AssetProgressReporter _reporter;

    public AssetProgressReporterTests() =>
        _reporter = new AssetProgressReporter(_documents.Store, new AssetMessages(_sent, _clock, NullLogger<AssetMessages>.Instance), _clock, NullLogger<AssetProgressReporter>.Instance);

    public ValueTask DisposeAsync() => _documents.DisposeAsync();

    public void Dispose() => _reporter.Dispose();

    [Fact]
    public async Task Report_AThousandTimesInTwoSeconds_SendsEightMessagesAndWritesTwice()
    {
        await CreateAsync(AssetStatus.Processing);
        var before = await ReadAsync();
        var versions = new HashSet<string>();
        for (var i = 1; i <= 1000; i++)
        {
            await _reporter.ReportAsync(Source, AssetSteps.Transcode, i / 1000.0, None);
            versions.Add((await ReadAsync()).ETag);
            _clock.Advance(TimeSpan.FromMilliseconds(2));
        }

        _sent.Messages.Count.ShouldBe(8);
        versions.Remove(before.ETag);
        versions.Count.ShouldBe(2);
    }

    [Fact]
    public async Task Report_Backwards_IsNotTold()
    {
        await CreateAsync(AssetStatus.Processing);
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.5, None);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.2, None);

        _sent.Messages.Count.ShouldBe(1);
        (await ReadAsync()).Document.Progress!.Fraction.ShouldBe(AssetSteps.WholeFraction(AssetSteps.Transcode, 0.5));
    }

    [Fact]
    public async Task Report_OfAFinishedAsset_ChangesAndSendsNothing()
    {
        await CreateAsync(AssetStatus.Ready);
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.5, None);

        _sent.Messages.ShouldBeEmpty();
        (await ReadAsync()).Document.Progress.ShouldBeNull();
    }

    [Fact]
    public async Task Report_AfterTheAssetEndedBetweenTwoReports_LeavesItEnded()
    {
        await CreateAsync(AssetStatus.Processing);
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.1, None);
        var current = await ReadAsync();
        await _documents.Store.ReplaceAsync(Asset.Documents, current.Document with { Status = AssetStatus.Failed, Progress = null }, current.ETag, None);
        _clock.Advance(TimeSpan.FromSeconds(2));
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.9, None);
        _clock.Advance(TimeSpan.FromSeconds(2));
        var told = _sent.Messages.Count;
        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 1, None);

        var after = (await ReadAsync()).Document;
        after.Status.ShouldBe(AssetStatus.Failed);
        after.Progress.ShouldBeNull();
        _sent.Messages.Count.ShouldBe(told, "it has learnt that the asset has ended");
    }

    [Fact]
    public async Task Report_HubAway_DoesNotFailTheWork()
    {
        await CreateAsync(AssetStatus.Processing);
        _sent.IsAway = true;

        await _reporter.ReportAsync(Source, AssetSteps.Transcode, 0.5, None);

        (await ReadAsync()).Document.Progress!.Fraction.ShouldBeGreaterThan(0.4);
    }

    private Task CreateAsync(AssetStatus status) => _documents.Store.CreateAsync(
        Asset.Documents,
        new Asset
        {
            Id = Source.AssetId,
            ProjectId = Source.ProjectId,
            Kind = Source.Kind,
            Name = "clip.mp4",
            Status = status,
            Source = new AssetSource("video/mp4", 1, 1, Source.SourceETag),
            CreatedAt = _clock.GetUtcNow(),
            UpdatedAt = _clock.GetUtcNow(),
        },
        None);

    private async Task<Stored<Asset>> ReadAsync() => (await _documents.Store.GetAsync(Asset.Documents, Source.ProjectId, Source.AssetId, None))!;

    private sealed class SentMessages : IHubMessages
    {
        public List<ProgressMessage> Messages { get; } = [];

        public bool IsAway { get; set; }

        public Task SendToGroupAsync(string group, string target, object argument, CancellationToken cancellation)
        {
            if (IsAway)
            {
                throw new HttpRequestException("The hub is away.");
            }

            group.ShouldBe("project:prj_1");
            target.ShouldBe(ProgressMessage.Target);
            Messages.Add((ProgressMessage)argument);
            return Task.CompletedTask;
        }
    }
}
