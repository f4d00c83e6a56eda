using Portico.Documents;

namespace Portico.Projects;

/// <summary>Projects and their memberships.</summary>
public sealed class ProjectStore(IDocumentStore documents, TimeProvider clock)
{
    public Task<Stored<Project>?> FindAsync(string projectId, CancellationToken cancellation) =>
        documents.GetAsync(Project.Documents, projectId, projectId, cancellation);

    /// <summary>Creates the project with its owner; idempotent by <paramref name="id"/>.</summary>
    public async Task<Stored<Project>> CreateAsync(string id, ProjectEdit edit, string ownerId, CancellationToken cancellation)
    {
        var now = clock.GetUtcNow();
        var project = new Project { Id = id, Name = edit.Name!, Description = edit.Description, OwnerId = ownerId, CreatedAt = now, UpdatedAt = now };
        var created = await documents.CreateAsync(Project.Documents, project, cancellation);
        var stored = created.Stored ?? await FindAsync(id, cancellation) ?? throw new InvalidOperationException($"The project {id} vanished.");

        // Last: a project nobody can see is harmless, a membership of nothing is an error on every list.
        await documents.UpsertAsync(Membership.Documents, new Membership(id, ownerId, Membership.Owner, stored.Document.CreatedAt), cancellation);
        return stored;
    }

    /// <summary>The account's projects, newest first.</summary>
    public async Task<(IReadOnlyList<Project> Projects, string? Continuation)> ListAsync(string accountId, int limit, string? continuation, CancellationToken cancellation)
    {
        var page = await documents.ListAsync(Membership.Documents, accountId, new DocumentQuery(Descending: true, Limit: limit, Continuation: continuation), cancellation);
        var found = await Task.WhenAll(page.Items.Select(membership => FindAsync(membership.Document.Id, cancellation)));
        return ([.. found.OfType<Stored<Project>>().Select(project => project.Document)], page.Continuation);
    }
}
