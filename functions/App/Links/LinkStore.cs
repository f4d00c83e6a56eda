using Portico.Blobs;
using Portico.Documents;

namespace Portico.Links;

/// <summary>Links and the index of a project's links.</summary>
public sealed class LinkStore(IDocumentStore documents, IBlobStore blobs)
{
    public Task<Stored<Link>?> FindAsync(string code, CancellationToken cancellation) =>
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

        await IndexAsync(stored.Document, cancellation);
        return stored;
    }

    /// <summary>Replaces the link.</summary>
    public async Task<WriteResult<Link>> ReplaceAsync(Link link, string? ifMatch, CancellationToken cancellation)
    {
        var written = await documents.ReplaceAsync(Link.Documents, link, ifMatch, cancellation);
        if (written.Outcome == WriteOutcome.Written)
        {
            await IndexAsync(link, cancellation);
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
            codes.AddRange(page.Items.Where(entry => entry.Document.AssetIds.Contains(assetId)).Select(entry => entry.Document.Id));
            continuation = page.Continuation;
        }
        while (continuation is not null);
        return codes;
    }

    /// <summary>Deletes manifest, index entry and link, in this order: whatever is cut short can be repeated by the code.</summary>
    public async Task<WriteOutcome> DeleteAsync(Link link, string? ifMatch, CancellationToken cancellation)
    {
        await blobs.DeleteAsync(BlobName.Manifest(link.Id), cancellation);
        await documents.DeleteAsync(ProjectLink.Documents, link.ProjectId, link.Id, ifMatch: null, cancellation);
        return await documents.DeleteAsync(Link.Documents, link.Id, link.Id, ifMatch, cancellation);
    }

    private Task IndexAsync(Link link, CancellationToken cancellation)
    {
        IReadOnlyList<string> assetIds = [.. link.Targets.SelectMany(target => new[] { target.ImageAssetId, target.ContentAssetId }).Distinct(StringComparer.Ordinal)];
        return documents.UpsertAsync(ProjectLink.Documents, new ProjectLink(link.Id, link.ProjectId, assetIds, link.CreatedAt), cancellation);
    }
}
