using System.Text.Json.Serialization;
using Microsoft.Extensions.Logging;
using Portico.Accounts;
using Portico.Assets;
using Portico.Blobs;
using Portico.Documents;
using Portico.Links;
using Portico.Projects;
using Portico.Tools;

namespace Portico.Operations;

/// <summary>What the demo campaign's parts are called: chosen once, so that a seeding that was cut short goes on with them.</summary>
/// <param name="IsDone">From then on the demo is its owner's, to change and to delete.</param>
public sealed record DemoCampaign(string Id, string ProjectId, string ImageId, string VideoId, string Code, bool IsDone) : IDocument
{
    public const string TheId = "demo-campaign";
    public static readonly DocumentType<DemoCampaign> Documents = new("reservations", "/id", "demoCampaign");

    [JsonIgnore]
    public string PartitionKey => Id;
}

/// <summary>
/// Makes a campaign that can be tried at once: a poster and a clip, uploaded to where browsers upload, ingested as theirs
/// are, and a link. Idempotent by the names in <see cref="DemoCampaign"/>.
/// </summary>
public sealed class SeedDemo(
    IDocumentStore documents,
    IBlobStore blobs,
    ProjectStore projects,
    LinkStore links,
    ManifestPublisher manifests,
    DemoMedia media,
    WorkFolders folders,
    TimeProvider clock,
    ILogger<SeedDemo> logger)
{
    private static readonly TimeSpan IngestPatience = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(250);

    /// <summary>The demo's link; null when its owner has deleted it, or when its media could not be ingested.</summary>
    public async Task<string?> RunAsync(Account owner, CancellationToken cancellation)
    {
        var demo = await NamesAsync(cancellation);
        if (demo.IsDone)
        {
            return await links.FindAsync(demo.Code, cancellation) is null ? null : demo.Code;
        }

        await projects.CreateAsync(demo.ProjectId, new ProjectEdit("Portico demo", "A poster that comes alive. Made on this machine at the first start."), owner.Id, cancellation);
        await UploadAsync(demo.ProjectId, demo.ImageId, AssetKind.Image, "Poster.jpg", "image/jpeg", media.DrawPosterAsync, cancellation);
        await UploadAsync(demo.ProjectId, demo.VideoId, AssetKind.Video, "Clip.mp4", "video/mp4", media.FilmClipAsync, cancellation);
        if (!await WhenReadyAsync(demo.ProjectId, demo.ImageId, cancellation) || !await WhenReadyAsync(demo.ProjectId, demo.VideoId, cancellation))
        {
            return null;
        }

        IReadOnlyList<LinkTarget> targets = [new(demo.ImageId, demo.VideoId)];
        var now = clock.GetUtcNow();
        var link = new Link { Id = demo.Code, ProjectId = demo.ProjectId, Title = "Portico demo", Targets = targets, CreatedAt = now, UpdatedAt = now };
        var stored = await links.TryCreateAsync(link, cancellation) ?? throw new InvalidOperationException($"The code {demo.Code} is taken.");
        var prepared = await manifests.PrepareAsync(demo.ProjectId, stored.Document.Targets, cancellation);
        if (prepared.Targets is null)
        {
            throw new InvalidOperationException("The demo's assets are not ready.");
        }

        await manifests.PublishAsync(stored.Document.Id, cancellation);
        await documents.UpsertAsync(DemoCampaign.Documents, demo with { IsDone = true }, cancellation);
        return demo.Code;
    }

    private async Task<DemoCampaign> NamesAsync(CancellationToken cancellation)
    {
        var projectId = DocumentId.New(Project.IdPrefix, clock);
        var fresh = new DemoCampaign(
            DemoCampaign.TheId,
            projectId,
            DocumentId.NewChild(Asset.IdPrefix, projectId, clock),
            DocumentId.NewChild(Asset.IdPrefix, projectId, clock),
            LinkCode.New(),
            IsDone: false);
        var created = await documents.CreateAsync(DemoCampaign.Documents, fresh, cancellation);
        return created.Stored?.Document
            ?? (await documents.GetAsync(DemoCampaign.Documents, DemoCampaign.TheId, DemoCampaign.TheId, cancellation))!.Document;
    }

    private async Task UploadAsync(string projectId, string assetId, AssetKind kind, string name, string contentType, Func<WorkFolder, CancellationToken, Task<string>> make, CancellationToken cancellation)
    {
        var found = await documents.GetAsync(Asset.Documents, projectId, assetId, cancellation);
        if (found is { Document.Status: not AssetStatus.AwaitingUpload })
        {
            return;
        }

        using var folder = folders.Create();
        await using var file = File.OpenRead(await make(folder, cancellation));
        var now = clock.GetUtcNow();
        var asset = new Asset
        {
            Id = assetId,
            ProjectId = projectId,
            Kind = kind,
            Name = name,
            Status = AssetStatus.AwaitingUpload,
            Source = new AssetSource(contentType, file.Length),
            CreatedAt = now,
            UpdatedAt = now,
        };
        await documents.CreateAsync(Asset.Documents, asset, cancellation);
        await blobs.WriteAsync(BlobName.Upload(projectId, assetId), file, new BlobHeaders(contentType, BlobHeaders.NoStore), cancellation);
    }

    private async Task<bool> WhenReadyAsync(string projectId, string assetId, CancellationToken cancellation)
    {
        var began = clock.GetTimestamp();
        while (clock.GetElapsedTime(began) < IngestPatience)
        {
            var asset = (await documents.GetAsync(Asset.Documents, projectId, assetId, cancellation))?.Document;
            if (asset is not { Status: AssetStatus.AwaitingUpload or AssetStatus.Processing })
            {
                if (asset?.Status == AssetStatus.Ready)
                {
                    return true;
                }

                logger.LogWarning("The demo's {Asset} could not be ingested: {Reason}", asset?.Name ?? assetId, asset?.Failure?.Message ?? "it is gone");
                return false;
            }

            await Task.Delay(PollInterval, clock, cancellation);
        }

        logger.LogWarning("The demo's {AssetId} is still not ready; the next start goes on with it", assetId);
        return false;
    }
}
