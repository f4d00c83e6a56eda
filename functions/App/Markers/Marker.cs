using System.Text.Json.Serialization;
using Portico.Assets;
using Portico.Documents;

namespace Portico.Markers;

/// <summary>An image target compiled from an image asset. Lies in its asset's partition, so both change in one write.</summary>
public sealed record Marker : IDocument
{
    public const string IdPrefix = "mrk";
    public static readonly DocumentType<Marker> Documents = new("assets", "/projectId", "marker");

    public required string Id { get; init; }
    public required string ProjectId { get; init; }

    [JsonIgnore]
    public string PartitionKey => ProjectId;

    public required string AssetId { get; init; }

    /// <summary>Inside the <c>public</c> container.</summary>
    public required string Path { get; init; }
    public required string Url { get; init; }
    public required long Bytes { get; init; }
    public required int WidthPx { get; init; }
    public required int HeightPx { get; init; }
    public required int KeypointCount { get; init; }
    public required MarkerScore Quality { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }

    public static Marker Of(Asset asset, MarkerFacts facts, DateTimeOffset now) => new()
    {
        Id = facts.MarkerId,
        ProjectId = asset.ProjectId,
        AssetId = asset.Id,
        Path = facts.Path,
        Url = facts.Url,
        Bytes = facts.Bytes,
        WidthPx = facts.WidthPx,
        HeightPx = facts.HeightPx,
        KeypointCount = facts.KeypointCount,
        Quality = facts.Quality,
        CreatedAt = now,
    };
}

/// <summary>A marker as members of its project see it.</summary>
public sealed record MarkerView(string Id, string ProjectId, string AssetId, string Url, long Bytes, int WidthPx, int HeightPx, int KeypointCount, MarkerScore Quality, DateTimeOffset CreatedAt)
{
    public static MarkerView Of(Marker marker) => new(
        marker.Id, marker.ProjectId, marker.AssetId, marker.Url, marker.Bytes, marker.WidthPx, marker.HeightPx, marker.KeypointCount, marker.Quality, marker.CreatedAt);
}
