using System.Text.Json.Serialization;
using Portico.Documents;

namespace Portico.Links;

/// <summary>A short code that opens an experience. Under its code alone, for whoever follows it.</summary>
public sealed record Link : IDocument
{
    public static readonly DocumentType<Link> Documents = new("links", "/id", "link");

    /// <summary>The code.</summary>
    public required string Id { get; init; }

    [JsonIgnore]
    public string PartitionKey => Id;

    public required string ProjectId { get; init; }
    public required string Title { get; init; }
    public required IReadOnlyList<LinkTarget> Targets { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset UpdatedAt { get; init; }

    /// <summary>Gone for everybody; what it leaves behind is being removed.</summary>
    public bool IsBeingDeleted { get; init; }
}

/// <summary>What plays on which picture.</summary>
public sealed record LinkTarget(string ImageAssetId, string ContentAssetId);

/// <summary>That a project has a link, and which assets it shows: lists a project's links, and finds those of an asset.</summary>
/// <param name="Id">The code.</param>
public sealed record ProjectLink(string Id, string ProjectId, IReadOnlyList<string> AssetIds, DateTimeOffset CreatedAt) : IDocument
{
    public static readonly DocumentType<ProjectLink> Documents = new("project-links", "/projectId", "projectLink") { OrderedBy = ["createdAt"] };

    [JsonIgnore]
    public string PartitionKey => ProjectId;
}

/// <summary>A link as members of its project see it.</summary>
public sealed record LinkView(string Code, string ProjectId, string Title, string Url, IReadOnlyList<LinkTarget> Targets, LinkQrView Qr, DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt)
{
    public static LinkView Of(Link link, string origin) => new(
        link.Id,
        link.ProjectId,
        link.Title,
        UrlOf(link.Id, origin),
        link.Targets,
        new LinkQrView($"/api/v1/links/{link.Id}/qr.svg", $"/api/v1/links/{link.Id}/qr.png"),
        link.CreatedAt,
        link.UpdatedAt);

    /// <summary>What people open, and what the QR code says.</summary>
    public static string UrlOf(string code, string origin) => $"{origin}/v/{code}";
}

public sealed record LinkQrView(string Svg, string Png);
