using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Projects;

/// <summary>A campaign: what its assets, markers and links belong to.</summary>
public sealed record Project : IDocument
{
    public const string IdPrefix = "prj";
    public static readonly DocumentType<Project> Documents = new("projects", "/id", "project");

    public required string Id { get; init; }

    [JsonIgnore]
    public string PartitionKey => Id;

    public required string Name { get; init; }
    public string? Description { get; init; }
    public required string OwnerId { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }
}

/// <summary>That an account may work on a project. Kept with the account: whose projects, and whether this one, are one read each.</summary>
/// <param name="Id">The project's id.</param>
public sealed record Membership(string Id, string AccountId, string Role, DateTimeOffset Since) : IDocument
{
    public const string Owner = "owner";
    public static readonly DocumentType<Membership> Documents = new("memberships", "/accountId", "membership");

    [JsonIgnore]
    public string PartitionKey => AccountId;
}

/// <summary>A project as its members see it.</summary>
public sealed record ProjectView(string Id, string Name, string? Description, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static ProjectView Of(Project project) => new(project.Id, project.Name, project.Description, project.CreatedAt, project.UpdatedAt);
}

/// <summary>What members may write of a project.</summary>
public sealed record ProjectEdit(string? Name, string? Description)
{
    /// <summary>Trimmed and within its limits, or the errors.</summary>
    public ProjectEdit Checked(Http.FieldErrors errors) => new(
        errors.Text("name", Name, maxLength: 120),
        Description is null ? null : errors.Text("description", Description.ReplaceLineEndings(" "), maxLength: 2000, minLength: 0));
}
