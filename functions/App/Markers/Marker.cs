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

    /// <summary>Null for markers of compilers that drew none.</summary>
    public MarkerHeat? HeatMap { get; init; }

    /// <summary>Null for markers of compilers whose advice had no codes: it stands in <see cref="Quality"/>.</summary>
    public IReadOnlyList<MarkerAdvice>? Advice { get; init; }
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
        HeatMap = facts.HeatMap,
        Advice = facts.Advice,
        CreatedAt = now,
    };
}

/// <summary>A marker as members of its project see it.</summary>
public sealed record MarkerView(
    string Id, string ProjectId, string AssetId, string Url, long Bytes, int WidthPx, int HeightPx, int KeypointCount,
    MarkerQualityView Quality, MarkerHeat? HeatMap, IReadOnlyList<MarkerAdvice> Advice, DateTimeOffset CreatedAt)
{
    /// <summary>The code of advice that was written before advice had codes.</summary>
    public const string AdviceWithoutCode = "general";

    public static MarkerView Of(Marker marker) => new(
        marker.Id, marker.ProjectId, marker.AssetId, marker.Url, marker.Bytes, marker.WidthPx, marker.HeightPx, marker.KeypointCount,
        new MarkerQualityView(marker.Quality.Score, marker.Quality.Parts), marker.HeatMap,
        marker.Advice ?? [.. (marker.Quality.Advice ?? []).Select(text => new MarkerAdvice(AdviceWithoutCode, text))], marker.CreatedAt);
}

/// <param name="Score">0–100; from 60 on the picture is found in most hard camera views (docs/marker-quality.md).</param>
public sealed record MarkerQualityView(int Score, IReadOnlyList<MarkerScorePart> Parts);
