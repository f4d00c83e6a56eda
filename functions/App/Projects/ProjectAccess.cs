using Portico.Accounts;
using Portico.Documents;
using Portico.Http;
using Portico.Links;

namespace Portico.Projects;

/// <summary>Whose project a resource belongs to, and whether the caller is a member of it.</summary>
public sealed class ProjectAccess(IDocumentStore documents)
{
    /// <summary>The project, or null when there is none of that id that the caller may know of.</summary>
    public async Task<string?> FindProjectAsync(Caller caller, ProjectResource resource, string id, CancellationToken cancellation)
    {
        var projectId = resource switch
        {
            ProjectResource.Project => DocumentId.IsValid(id, Project.IdPrefix) ? id : null,
            ProjectResource.Asset => DocumentId.TryParent(id, "ast", Project.IdPrefix, out var parent) ? parent : null,
            ProjectResource.Marker => DocumentId.TryParent(id, "mrk", Project.IdPrefix, out var parent) ? parent : null,
            ProjectResource.Link => LinkCode.IsValid(id) ? (await documents.GetAsync(Link.Documents, id, id, cancellation))?.Document.ProjectId : null,
            _ => throw new ArgumentOutOfRangeException(nameof(resource)),
        };
        return projectId is not null && await IsMemberAsync(caller, projectId, cancellation) ? projectId : null;
    }

    public async Task<bool> IsMemberAsync(Caller caller, string projectId, CancellationToken cancellation) =>
        await documents.GetAsync(Membership.Documents, caller.AccountId, projectId, cancellation) is not null;
}
