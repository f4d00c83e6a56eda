using System.Text;
using Microsoft.Azure.Functions.Worker;
using Microsoft.DurableTask;
using Microsoft.DurableTask.Client;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Links;
using Portico.Markers;
using Portico.Realtime;

namespace App.Tests.Blobs;

/// <summary>A campaign whose blobs get lost, against the real stores.</summary>
[Collection(AzuriteCollection.Name)]
public sealed class ReconcileBlobsTests : IAsyncDisposable
{
    private static readonly CancellationToken None = CancellationToken.None;
    private readonly string _folder = Directory.CreateTempSubdirectory("portico-reconcile-").FullName;
    private readonly string _project = DocumentId.New("prj", TimeProvider.System);
    private readonly ServiceProvider _services;
    private readonly SentMessages _sent = new();
    private readonly HastyClock _clock = new();
    private readonly ApplicationLifetime _lifetime = new(NullLogger<ApplicationLifetime>.Instance);
    private readonly StartedOrchestrations _orchestrations = new();

    public ReconcileBlobsTests(AzuriteFixture azurite)
    {
        var configuration = new ConfigurationBuilder()
            .AddInMemoryCollection(new Dictionary<string, string?> { ["AzureWebJobsStorage"] = azurite.ConnectionString, ["Portico:DataPath"] = _folder })
            .Build();
        _services = new ServiceCollection()
            .AddLogging()
            .AddSingleton<TimeProvider>(_clock)
            .AddSingleton<IHostApplicationLifetime>(_lifetime)
            .AddDocuments(configuration)
            .AddBlobs(configuration)
            .AddSingleton<IHubMessages>(_sent)
            .AddAssets()
            .AddLinks()
            .BuildServiceProvider();
    }

    private IDocumentStore Documents => _services.GetRequiredService<IDocumentStore>();

    private IBlobStore Blobs => _services.GetRequiredService<IBlobStore>();

    public async ValueTask DisposeAsync()
    {
        await _services.DisposeAsync();
        Directory.Delete(_folder, recursive: true);
    }

    private Task ReconcileAsync() => ActivatorUtilities.CreateInstance<ReconcileBlobs>(_services).Run(new TimerInfo(), _orchestrations, None);

    private async Task<Asset> ReadAsync(Asset asset) => (await Documents.GetAsync(Asset.Documents, _project, asset.Id, None))!.Document;

    [Fact]
    public async Task Run_NothingMissing_ChangesNothing()
    {
        var (image, video, link) = await SeedAsync();
        var manifest = await Blobs.FindAsync(BlobName.Manifest(link.Id), None);

        await ReconcileAsync();

        (await ReadAsync(image)).UpdatedAt.ShouldBe(image.UpdatedAt);
        (await ReadAsync(video)).UpdatedAt.ShouldBe(video.UpdatedAt);
        (await Blobs.FindAsync(BlobName.Manifest(link.Id), None)).ShouldBe(manifest);
        _sent.Messages.ShouldBeEmpty();
        _orchestrations.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_RenditionMissing_IngestsAgainFromThePinnedSource()
    {
        var (image, _, _) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, image.Image!.Renditions[0].Path), None);
        await Blobs.DeleteAsync(BlobName.Upload(_project, image.Id), None);

        await ReconcileAsync();

        var (instanceId, request) = _orchestrations.Started.ShouldHaveSingleItem();
        request.ShouldBe(new IngestRequest(_project, image.Id));
        (await ReadAsync(image)).Status.ShouldBe(AssetStatus.Processing);

        // The first and the last activity of that orchestration find their asset in order.
        var pinned = await ActivatorUtilities.CreateInstance<PinSource>(_services).Run(new PinRequest(_project, image.Id, instanceId), None);
        pinned.Value.ShouldBe(new MediaSource(_project, image.Id, AssetKind.Image, image.Source.ETag!));
        await PublishAsync("rendition");
        await ActivatorUtilities.CreateInstance<PublishAsset>(_services).Run(new AssetToPublish(pinned.Value!, instanceId, Image: image.Image), None);
        var repaired = await ReadAsync(image);
        (repaired.Status, repaired.Run).ShouldBe((AssetStatus.Ready, image.Run + 1));
        await ReconcileAsync();
        _orchestrations.Started.Count.ShouldBe(1, "all is well again");
    }

    [Fact]
    public async Task Run_HostStopsMeanwhile_EndsAtOnceAndLeavesTheRepairToTheNextStart()
    {
        var (image, _, _) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, image.Image!.Renditions[0].Path), None);

        _clock.Waits = true;
        var run = ReconcileAsync();
        await _clock.Waiting.WaitAsync(TimeSpan.FromSeconds(10), None);
        _lifetime.StopApplication();
        await run.WaitAsync(TimeSpan.FromSeconds(10), None);

        _orchestrations.Started.ShouldBeEmpty();
        (await ReadAsync(image)).UpdatedAt.ShouldBe(image.UpdatedAt);
    }

    [Fact]
    public async Task Run_MarkerMissing_IngestsAgain()
    {
        var (image, _, _) = await SeedAsync();
        var marker = (await Documents.GetAsync(Marker.Documents, _project, image.MarkerId!, None))!.Document;
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, marker.Path), None);

        await ReconcileAsync();

        _orchestrations.Started.ShouldHaveSingleItem().Request.AssetId.ShouldBe(image.Id);
    }

    [Fact]
    public async Task Run_CutOffBetweenClaimAndStart_StartsWhatItClaimed()
    {
        var (image, _, _) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, image.Image!.Thumbnail.Path), None);
        _orchestrations.Fails = true;
        await Should.ThrowAsync<IOException>(ReconcileAsync);
        _orchestrations.Fails = false;

        await ReconcileAsync();
        await ReconcileAsync();

        var started = _orchestrations.Started.ShouldHaveSingleItem();
        started.InstanceId.ShouldBe((await ReadAsync(image)).Source.ClaimedBy);
    }

    [Fact]
    public async Task Run_PosterAndSourceMissing_AsksForAnotherUploadUntilTheyComeBack()
    {
        var (_, video, link) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, video.Video!.Poster.Path), None);
        await Blobs.DeleteAsync(BlobName.Upload(_project, video.Id), None);
        await Blobs.DeleteAsync(BlobName.Source(_project, video.Id), None);

        await ReconcileAsync();
        await ReconcileAsync();

        var lost = await ReadAsync(video);
        (lost.Status, lost.Failure!.Code).ShouldBe((AssetStatus.Failed, "asset.blob_lost"));
        lost.Failure.Message.ShouldContain("upload it again");
        _sent.Messages.ShouldHaveSingleItem().Status.ShouldBe(AssetStatus.Failed);
        _orchestrations.Started.ShouldBeEmpty();
        (await TextAsync(BlobName.Manifest(link.Id))).ShouldContain(video.Video.Renditions[0].Url, customMessage: "the printed code plays on");

        await PublishAsync("poster");
        await ReconcileAsync();
        var back = await ReadAsync(video);
        (back.Status, back.Failure).ShouldBe((AssetStatus.Ready, null));
    }

    [Fact]
    public async Task Run_ManifestMissingOrOld_WritesItAnew()
    {
        var (_, _, link) = await SeedAsync();
        var before = await TextAsync(BlobName.Manifest(link.Id));

        await Blobs.DeleteAsync(BlobName.Manifest(link.Id), None);
        await ReconcileAsync();
        (await TextAsync(BlobName.Manifest(link.Id))).ShouldBe(before);

        await Blobs.WriteAsync(BlobName.Manifest(link.Id), Bytes("{\"title\":\"an older one\"}"), new BlobHeaders("application/json", BlobHeaders.Manifest), None);
        await ReconcileAsync();
        (await TextAsync(BlobName.Manifest(link.Id))).ShouldBe(before);
    }

    [Fact]
    public async Task Run_LinkDeletedMeanwhile_LeavesNoManifest()
    {
        var (_, _, link) = await SeedAsync();
        var repairer = _services.GetServices<IBlobReferences>().OfType<LostManifests>().Single();
        await _services.GetRequiredService<LinkStore>().DeleteAsync(link, null, None);

        (await repairer.RepairAsync(new LostBlobs(link.Id, link.Id), _orchestrations, None)).ShouldBe(RepairOutcome.Intact);

        (await Blobs.FindAsync(BlobName.Manifest(link.Id), None)).ShouldBeNull();
    }

    [Fact]
    public async Task Run_SwitchedOff_LooksAtNothing()
    {
        var (image, _, _) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, image.Image!.Thumbnail.Path), None);

        await ActivatorUtilities.CreateInstance<ReconcileBlobs>(_services, new ReconcileSetting(false)).Run(new TimerInfo(), _orchestrations, None);

        (await ReadAsync(image)).Status.ShouldBe(AssetStatus.Ready);
        _orchestrations.Started.ShouldBeEmpty();
    }

    [Fact]
    public async Task Run_NothingProcessesAnAssetInProcessing_StartsItsOrchestrationAgain()
    {
        var (_, video, _) = await SeedAsync();
        await Documents.UpsertAsync(Asset.Documents, video with { Status = AssetStatus.Processing }, None);

        await ReconcileAsync();
        await ReconcileAsync();

        _orchestrations.Started.ShouldHaveSingleItem().ShouldBe((video.Source.ClaimedBy!, new IngestRequest(_project, video.Id)));
    }

    [Fact]
    public async Task MarkAssetFailed_OfARepair_SaysThatMediaAreLostAndKeepsTheFacts()
    {
        var (image, _, _) = await SeedAsync();
        await Blobs.DeleteAsync(new BlobName(BlobName.Public, image.Image!.Renditions[0].Path), None);
        await ReconcileAsync();
        var claim = (await ReadAsync(image)).Source.ClaimedBy!;

        await ActivatorUtilities.CreateInstance<MarkAssetFailed>(_services).Run(new FailedAsset(_project, image.Id, claim, AssetFailures.ProcessingFailed.Because()), None);

        var failed = await ReadAsync(image);
        (failed.Status, failed.Failure!.Code).ShouldBe((AssetStatus.Failed, "asset.blob_lost"));
        failed.Image.ShouldNotBeNull();
    }

    [Fact]
    public async Task DeleteAsset_WhileItsTwinIsProcessed_LeavesTheirMediaToTheSweep()
    {
        var (image, _, _) = await SeedAsync();
        var path = new BlobName(BlobName.Public, image.Image!.Renditions[0].Path);
        var twin = await AssetAsync(AssetKind.Image) with { Status = AssetStatus.Processing };
        await Documents.UpsertAsync(Asset.Documents, twin, None);

        await Documents.DeleteAsync(Asset.Documents, _project, image.Id, null, None);
        await _services.GetRequiredService<AssetMedia>().DeleteAsync(image, null, None);
        (await Blobs.FindAsync(path, None)).ShouldNotBeNull("the twin may stand on it");

        await Documents.UpsertAsync(Asset.Documents, twin with { Status = AssetStatus.Failed }, None);
        await Documents.DeleteAsync(Link.Documents, (await LinkOfAsync(image)).Id, (await LinkOfAsync(image)).Id, null, None);
        await SweepAsync();
        (await Blobs.FindAsync(path, None)).ShouldNotBeNull("it is young");

        _clock.Ahead = TimeSpan.FromHours(25);
        await SweepAsync();
        (await Blobs.FindAsync(path, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Sweep_TakesWhatNoDocumentNamesAndNothingElse()
    {
        var (image, video, link) = await SeedAsync();
        var orphan = await PublishAsync("of a run that failed");
        var upload = BlobName.Upload(_project, DocumentId.NewChild(Asset.IdPrefix, _project, TimeProvider.System));
        await Blobs.WriteAsync(upload, Bytes("x"), new BlobHeaders("image/jpeg", BlobHeaders.NoStore), None);
        await Blobs.WriteAsync(BlobName.Manifest("zzzzzzzz"), Bytes("{}"), new BlobHeaders("application/json", BlobHeaders.Manifest), None);
        _clock.Ahead = TimeSpan.FromHours(25);

        await SweepAsync();

        (await Blobs.FindAsync(new BlobName(BlobName.Public, orphan.Path), None)).ShouldBeNull();
        (await Blobs.FindAsync(upload, None)).ShouldBeNull();
        (await Blobs.FindAsync(BlobName.Manifest("zzzzzzzz"), None)).ShouldBeNull();
        foreach (var path in AssetMedia.PathsOf(image.Image, video.Video, null))
        {
            (await Blobs.FindAsync(new BlobName(BlobName.Public, path), None)).ShouldNotBeNull(path);
        }

        (await Blobs.FindAsync(BlobName.Manifest(link.Id), None)).ShouldNotBeNull();
        (await Blobs.FindAsync(BlobName.Upload(_project, image.Id), None)).ShouldNotBeNull();
    }

    private Task SweepAsync() => ActivatorUtilities.CreateInstance<SweepOrphanMedia>(_services).Run(new TimerInfo(), None);

    private async Task<Link> LinkOfAsync(Asset asset)
    {
        var code = (await _services.GetRequiredService<LinkStore>().ListUsingAsync(_project, asset.Id, None)).Single();
        return (await Documents.GetAsync(Link.Documents, code, code, None))!.Document;
    }

    [Fact]
    public async Task DeleteLink_OfAnOlderVersion_LeavesEverything()
    {
        var (image, _, link) = await SeedAsync();
        var links = _services.GetRequiredService<LinkStore>();
        var old = (await links.FindAsync(link.Id, None))!;
        await links.ReplaceAsync(link with { Title = "Newer" }, old.ETag, None);

        (await links.DeleteAsync(link, old.ETag, None)).ShouldBe(WriteOutcome.Conflict);

        (await links.FindAsync(link.Id, None))!.Document.Title.ShouldBe("Newer");
        (await Blobs.FindAsync(BlobName.Manifest(link.Id), None)).ShouldNotBeNull();
        (await links.ListUsingAsync(_project, image.Id, None)).ShouldBe([link.Id]);
    }

    [Fact]
    public async Task DeleteLink_CutShort_IsGoneAtOnceAndFinishedByTheReconciler()
    {
        var (image, _, link) = await SeedAsync();
        var links = _services.GetRequiredService<LinkStore>();
        await Documents.UpsertAsync(Link.Documents, link with { IsBeingDeleted = true }, None);

        (await links.FindAsync(link.Id, None)).ShouldBeNull();
        (await links.ListUsingAsync(_project, image.Id, None)).ShouldBeEmpty();
        await ReconcileAsync();

        (await links.FindEvenDeletedAsync(link.Id, None)).ShouldBeNull();
        (await Blobs.FindAsync(BlobName.Manifest(link.Id), None)).ShouldBeNull();
        (await Documents.GetAsync(ProjectLink.Documents, _project, link.Id, None)).ShouldBeNull();
    }

    [Fact]
    public async Task Publish_ManyEditsAtOnce_EndsWithTheLastOne()
    {
        var (_, _, link) = await SeedAsync();
        var links = _services.GetRequiredService<LinkStore>();
        var manifests = _services.GetRequiredService<ManifestPublisher>();

        await Task.WhenAll(Enumerable.Range(0, 12).Select(i => Task.Run(async () =>
        {
            Stored<Link> current;
            do
            {
                current = (await links.FindAsync(link.Id, None))!;
            }
            while ((await links.ReplaceAsync(current.Document with { Title = $"Edit {i}" }, current.ETag, None)).Outcome != WriteOutcome.Written);
            await manifests.PublishAsync(link.Id, None);
        })));

        var last = (await links.FindAsync(link.Id, None))!.Document;
        (await TextAsync(BlobName.Manifest(link.Id))).ShouldContain($"\"{last.Title}\"");
    }

    [Fact]
    public async Task StartUnlessOpen_SomebodyElseStartedItMeanwhile_IsASuccess()
    {
        var name = new TaskName(nameof(IngestAsset));
        var request = new IngestRequest(_project, "ast_1");
        _orchestrations.IsOvertaken = true;

        (await _orchestrations.StartUnlessOpenAsync(name, "ingest-1", request, None)).ShouldBeFalse();

        _orchestrations.Started.ShouldHaveSingleItem();
    }

    private static MemoryStream Bytes(string text) => new(Encoding.UTF8.GetBytes(text));

    private async Task<string> TextAsync(BlobName name)
    {
        using var reader = new StreamReader(await Blobs.OpenReadAsync(name, None));
        return await reader.ReadToEndAsync();
    }

    private async Task<PublicMedia> PublishAsync(string content)
    {
        var file = Path.Combine(_folder, "file");
        await File.WriteAllTextAsync(file, content);
        return await Blobs.PublishAsync(_project, file, "webp", None);
    }

    private async Task<ImageRendition> ImageAsync(string content)
    {
        var media = await PublishAsync(content);
        return new ImageRendition(100, 100, media.Path, media.Url, media.Bytes, media.ContentType);
    }

    /// <summary>A ready image with its marker, a ready video, and a link that plays it on the picture.</summary>
    private async Task<(Asset Image, Asset Video, Link Link)> SeedAsync()
    {
        var rendition = await ImageAsync("rendition");
        var film = await PublishAsync("film");
        var marker = await PublishAsync("marker");
        var image = await AssetAsync(AssetKind.Image);
        image = image with
        {
            Image = new ImageFacts(100, 100, "jpeg", [rendition], await ImageAsync("thumbnail")),
            MarkerId = DocumentId.NewChild(Marker.IdPrefix, _project, TimeProvider.System),
        };
        var video = await AssetAsync(AssetKind.Video) with
        {
            Video = new VideoFacts(100, 100, 1, 30, false, [new VideoRendition(100, 100, 1000, "avc1", film.Path, film.Url, film.Bytes, "video/mp4")], await ImageAsync("poster")),
        };
        await Documents.UpsertAsync(Asset.Documents, image, None);
        await Documents.UpsertAsync(Asset.Documents, video, None);
        await Documents.UpsertAsync(
            Marker.Documents,
            Marker.Of(image, new MarkerFacts(image.MarkerId, marker.Path, marker.Url, marker.Bytes, 100, 100, 50, new MarkerScore(80, [], [])), image.CreatedAt),
            None);

        var link = new Link
        {
            Id = $"c{Guid.NewGuid():N}"[..10],
            ProjectId = _project,
            Title = "Poster",
            Targets = [new LinkTarget(image.Id, video.Id)],
            CreatedAt = image.CreatedAt,
            UpdatedAt = image.CreatedAt,
        };
        await _services.GetRequiredService<LinkStore>().TryCreateAsync(link, None);
        var manifests = _services.GetRequiredService<ManifestPublisher>();
        await manifests.PublishAsync(link.Id, None);
        return (image, video, link);
    }

    /// <summary>An asset without its facts, its source uploaded and pinned.</summary>
    private async Task<Asset> AssetAsync(AssetKind kind)
    {
        var id = DocumentId.NewChild(Asset.IdPrefix, _project, TimeProvider.System);
        var etag = await Blobs.WriteAsync(BlobName.Upload(_project, id), Bytes("source"), new BlobHeaders("image/jpeg", BlobHeaders.NoStore), None);
        (await Blobs.PinAsync(BlobName.Upload(_project, id), etag, BlobName.Source(_project, id), None)).ShouldBe(PinOutcome.Pinned);
        var at = new DateTimeOffset(2026, 7, 1, 0, 0, 0, TimeSpan.Zero);
        return new Asset
        {
            Id = id,
            ProjectId = _project,
            Kind = kind,
            Name = "a picture.jpg",
            Status = AssetStatus.Ready,
            Source = new AssetSource("image/jpeg", 6, 6, etag, "ingest-1"),
            Run = 1,
            CreatedAt = at,
            UpdatedAt = at,
        };
    }

    /// <summary>Real time, except that nobody waits.</summary>
    private sealed class HastyClock : TimeProvider
    {
        private readonly TaskCompletionSource _waiting = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public TimeSpan Ahead { get; set; }

        /// <summary>Whether a wait never ends by itself.</summary>
        public bool Waits { get; set; }

        /// <summary>Completes at the first wait.</summary>
        public Task Waiting => _waiting.Task;

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Ahead;

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            _waiting.TrySetResult();
            return base.CreateTimer(callback, state, Waits ? Timeout.InfiniteTimeSpan : TimeSpan.Zero, period);
        }
    }

    private sealed class SentMessages : IHubMessages
    {
        public List<ProgressMessage> Messages { get; } = [];

        public Task SendToGroupAsync(string group, string target, object argument, CancellationToken cancellation)
        {
            Messages.Add((ProgressMessage)argument);
            return Task.CompletedTask;
        }
    }

    /// <summary>Notes what is started; the orchestration itself has tests of its own.</summary>
    private sealed class StartedOrchestrations() : DurableTaskClient("test")
    {
        public List<(string InstanceId, IngestRequest Request)> Started { get; } = [];

        public bool Fails { get; set; }

        /// <summary>Whether another caller starts the same instance just before this one does.</summary>
        public bool IsOvertaken { get; set; }

        public override Task<string> ScheduleNewOrchestrationInstanceAsync(TaskName orchestratorName, object? input = null, StartOrchestrationOptions? options = null, CancellationToken cancellation = default)
        {
            if (Fails)
            {
                throw new IOException("The process ends here.");
            }

            orchestratorName.Name.ShouldBe(nameof(IngestAsset));
            Started.Add((options!.InstanceId!, (IngestRequest)input!));
            if (IsOvertaken)
            {
                throw new InvalidOperationException("The instance exists.");
            }

            return Task.FromResult(options.InstanceId!);
        }

        public override Task<OrchestrationMetadata?> GetInstancesAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) =>
            Task.FromResult(Started.Any(s => s.InstanceId == instanceId) ? new OrchestrationMetadata(nameof(IngestAsset), instanceId) : null);

        public override Task RaiseEventAsync(string instanceId, string eventName, object? eventPayload = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceStartAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task<OrchestrationMetadata> WaitForInstanceCompletionAsync(string instanceId, bool getInputsAndOutputs = false, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task SuspendInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override Task ResumeInstanceAsync(string instanceId, string? reason = null, CancellationToken cancellation = default) => throw new NotSupportedException();

        public override AsyncPageable<OrchestrationMetadata> GetAllInstancesAsync(OrchestrationQuery? filter = null) => throw new NotSupportedException();

        public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
