using Portico.Blobs;
using Portico.Documents;

namespace Portico.Links;

/// <summary>Links and the index of a project's links.</summary>
public sealed class LinkStore(IDocumentStore documents, IBlobStore blobs)
{
    public async Task<Stored<Link>?> FindAsync(string code, CancellationToken cancellation) =>
        await FindEvenDeletedAsync(code, cancellation) is { Document.IsBeingDeleted: false } link ? link : null;

    /// <summary>The link, also while its deletion has not come to its end.</summary>
    public Task<Stored<Link>?> FindEvenDeletedAsync(string code, CancellationToken cancellation) =>
        documents.GetAsync(Link.Documents, code, code, cancellation);

    /// <summary>Creates the link; null when the code is another link's.</summary>
    public async Task<Stored<Link>?> TryCreateAsync(Link link, CancellationToken cancellation)
    {
        var created = await documents.CreateAsync(Link.Documents, link, cancellation);
        var stored = created.Stored ?? await FindAsync(link.Id, cancellation);
        if (stored is null || stored.Document.ProjectId != link.ProjectId)
        {
            return null;
        }

        await IndexAsync(stored.Document);
        return stored;
    }

    /// <summary>Replaces the version <paramref name="ifMatch"/> of the link.</summary>
    public async Task<WriteResult<Link>> ReplaceAsync(Link link, string ifMatch, CancellationToken cancellation)
    {
        var written = await documents.ReplaceAsync(Link.Documents, link, ifMatch, cancellation);
        if (written.Outcome == WriteOutcome.Written)
        {
            await IndexAsync(link);
        }

        return written;
    }

    /// <summary>A project's links, newest first.</summary>
    public async Task<(IReadOnlyList<Link> Links, string? Continuation)> ListAsync(string projectId, int limit, string? continuation, CancellationToken cancellation)
    {
        var page = await documents.ListAsync(ProjectLink.Documents, projectId, new DocumentQuery(OrderBy: "createdAt", Descending: true, Limit: limit, Continuation: continuation), cancellation);
        var links = await Task.WhenAll(page.Items.Select(entry => FindAsync(entry.Document.Id, cancellation)));
        return ([.. links.OfType<Stored<Link>>().Select(link => link.Document)], page.Continuation);
    }

    /// <summary>Codes of the links that show an asset, as picture or as content.</summary>
    public async Task<IReadOnlyList<string>> ListUsingAsync(string projectId, string assetId, CancellationToken cancellation)
    {
        var codes = new List<string>();
        string? continuation = null;
        do
        {
            var page = await documents.ListAsync(ProjectLink.Documents, projectId, new DocumentQuery(Limit: 1000, Continuation: continuation), cancellation);
            foreach (var entry in page.Items.Where(entry => entry.Document.AssetIds.Contains(assetId)))
            {
                // An entry may outlive its link by a moment.
                if (await FindAsync(entry.Document.Id, cancellation) is not null)
                {
                    codes.Add(entry.Document.Id);
                }
            }

            continuation = page.Continuation;
        }
        while (continuation is not null);
        return codes;
    }

    /// <summary>
    /// Deletes the link. Its mark comes first and decides: from then on the link is gone for everybody, and nobody
    /// publishes it. What it leaves behind goes next and the link last, so whatever is cut short can be repeated by the code.
    /// </summary>
    public async Task<WriteOutcome> DeleteAsync(Link link, string? ifMatch, CancellationToken cancellation)
    {
        if (!link.IsBeingDeleted)
        {
            var marked = await documents.ReplaceAsync(Link.Documents, link with { IsBeingDeleted = true }, ifMatch, cancellation);
            if (marked.Outcome != WriteOutcome.Written)
            {
                return marked.Outcome;
            }
        }

        await blobs.DeleteAsync(BlobName.Manifest(link.Id), CancellationToken.None);
        await documents.DeleteAsync(ProjectLink.Documents, link.ProjectId, link.Id, ifMatch: null, CancellationToken.None);
        return await documents.DeleteAsync(Link.Documents, link.Id, link.Id, ifMatch: null, CancellationToken.None);
    }

    /// <summary>
    /// Brings the index to what the link is, also when it is edited or deleted meanwhile. Not to be cancelled: the link
    /// is written, and an asset that its entry doesn't name could be deleted under it.
    /// </summary>
    private async Task IndexAsync(Link written)
    {
        while (await FindAsync(written.Id, CancellationToken.None) is { } stored)
        {
            var link = stored.Document;
            IReadOnlyList<string> assetIds = [.. link.Targets.SelectMany(target => new[] { target.ImageAssetId, target.ContentAssetId }).Distinct(StringComparer.Ordinal)];
            await documents.UpsertAsync(ProjectLink.Documents, new ProjectLink(link.Id, link.ProjectId, assetIds, link.CreatedAt), CancellationToken.None);
            if ((await FindAsync(written.Id, CancellationToken.None))?.ETag == stored.ETag)
            {
                return;
            }
        }

        await documents.DeleteAsync(ProjectLink.Documents, written.ProjectId, written.Id, ifMatch: null, CancellationToken.None);
    }
}
